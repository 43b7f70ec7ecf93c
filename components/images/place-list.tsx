import { Check, Minus, TriangleAlert } from 'lucide-react';
import { formatNoun } from '#components/ui/format.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ImageLocation } from '#lib/contract/images.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { placeTitles } from './image-words.ts';

type Place = ImageLocation['places'][number];

const outcomes = {
  searched: { word: 'Searched', Icon: Check, icon: 'text-verified' },
  unsupported: { word: 'Not offered', Icon: Minus, icon: 'text-ink-3' },
  failed: { word: 'Could not search', Icon: TriangleAlert, icon: 'text-inconclusive' },
} as const;

/** Where we looked and how each search ended: "unsigned" may be said only when none failed. */
export function PlaceList({ places }: { readonly places: readonly Place[] }) {
  if (places.length === 0) return <p className="px-4 pb-3 text-ink-2">Not looked for yet.</p>;
  return (
    <ul className="border-line border-t">
      {places.map((place) => (
        <Line key={`${place.place} ${place.repository}`} place={place} />
      ))}
    </ul>
  );
}

function Line({ place }: { readonly place: Place }) {
  const { word, Icon, icon } = outcomes[place.outcome];
  return (
    <li className="grid grid-cols-[14px_minmax(0,1fr)_auto] gap-x-2 border-line border-b px-4 py-2 last:border-b-0">
      <Icon aria-hidden="true" className={`mt-[3px] size-3.5 ${icon}`} />
      <span>
        {placeTitles[place.place]}
        <Wrap className="block text-ink-3 text-label">{place.repository}</Wrap>
      </span>
      <span className="text-right">
        <span className="block text-ink-2 text-label leading-5">{word}</span>
        {place.outcome === 'searched' && (
          <span className="text-ink-3 text-label">{formatNoun(place.found, 'item')}</span>
        )}
      </span>
      {place.reason !== null && (
        <p className="col-start-2 -col-end-1">
          {reasonOf(place.reason).title}.{' '}
          <span className="text-ink-2">{reasonOf(place.reason).remedy}</span>
          {place.retryAt !== null && (
            <span className="text-ink-2">
              {' '}
              Tried again <RelativeTime at={place.retryAt} form="until" />.
            </span>
          )}
        </p>
      )}
      {place.detail !== null && (
        <p className="col-start-2 -col-end-1 text-ink-2">
          <Wrap>{place.detail}</Wrap>
        </p>
      )}
    </li>
  );
}
