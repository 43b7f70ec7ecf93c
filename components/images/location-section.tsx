import { Download } from 'lucide-react';
import { CodeBlock } from '#components/list/code-block.tsx';
import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ImageLocation } from '#lib/contract/images.ts';
import { shortDigest } from '#lib/model/digest.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { AttestationList, SignatureList } from './evidence-list.tsx';
import { mediaTitle, repositoryOf, verdictSentence } from './image-words.ts';
import { PlaceList } from './place-list.tsx';
import { PlatformTable } from './platform-table.tsx';

interface LocationProps {
  readonly location: ImageLocation;
}

interface VerdictHeadProps extends LocationProps {
  readonly onHow: () => void;
}

/** The verdict of one digest in one repository, why, and the facts about it. */
export function VerdictHead({ location, onHow }: VerdictHeadProps) {
  const { status, reason, detail, retryAt } = location;
  return (
    <>
      <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-body">
        <StatusBadge
          status={status}
          className="text-[16px]! leading-6 font-semibold! [&_.lucide]:size-5!"
        />
        <p className="min-w-0">
          <Wrap>{verdictSentence(location)}</Wrap>
        </p>
        <span className="ml-auto inline-flex items-center gap-2 max-md:ml-0">
          <a
            href={`/api/v1/images/${location.digest}/receipt?repository=${encodeURIComponent(repositoryOf(location))}`}
            download
            className={buttonClass()}
          >
            <Download aria-hidden="true" />
            Receipt
          </a>
          <Button onClick={onHow}>How do we know?</Button>
        </span>
      </div>
      {reason !== null && (
        <div className="mt-1 max-w-[84ch] text-body text-ink-2">
          {detail !== null && (
            <p>
              <Wrap>{detail}</Wrap>
            </p>
          )}
          <p>
            {reasonOf(reason).remedy}
            {retryAt !== null && (
              <>
                {' '}
                Tried again <RelativeTime at={retryAt} form="until" />.
              </>
            )}
          </p>
        </div>
      )}
      <Facts form="row" entries={facts(location)} className="mt-4" />
    </>
  );
}

const facts = (location: ImageLocation): readonly FactEntry[] => [
  {
    name: 'Running',
    value:
      location.containers === 0
        ? 'nowhere'
        : `${formatNoun(location.containers, 'container')} in ${formatNoun(location.clusters, 'cluster')}`,
  },
  {
    name: 'Tags now',
    value: location.tags.length === 0 ? 'none' : <Wrap>{location.tags.join(', ')}</Wrap>,
  },
  { name: 'Type', value: typeText(location) },
  { name: 'Published', value: location.published ? 'under a declared repository' : null },
  {
    name: 'Attested',
    value: location.attested ? 'yes, by a verified statement' : 'by no verified statement',
  },
  { name: 'Inherits', value: location.inheritedFrom && <Inherits {...location.inheritedFrom} /> },
  { name: 'Asked for', value: requiredText(location) },
  {
    name: 'In this state',
    value: (
      <>
        for <RelativeTime at={location.since} form="age" />
      </>
    ),
  },
  {
    name: 'Checked',
    value: location.checkedAt === null ? 'not yet' : <RelativeTime at={location.checkedAt} />,
  },
];

type Inherited = NonNullable<ImageLocation['inheritedFrom']>;

/** The signature of an index that lists this image: shown, and never mistaken for its own. */
function Inherits({ index, platform, authority }: Inherited) {
  return (
    <>
      listed as <Wrap>{platform}</Wrap> by{' '}
      <Link href={`/images/${index}`}>{shortDigest(index)}</Link>, verified by{' '}
      <Wrap>{authority ?? 'an authority'}</Wrap>
    </>
  );
}

function requiredText({ required }: ImageLocation): string | null {
  if (required.length === 0) return null;
  const verified = required.filter(({ state }) => state === 'verified').length;
  return `${verified} of ${formatNoun(required.length, 'attestation')} verified`;
}

function typeText({ mediaType, platforms }: ImageLocation): string | null {
  if (mediaType === null) return null;
  return platforms.length === 0
    ? mediaTitle(mediaType)
    : `${mediaTitle(mediaType)}, ${formatNoun(platforms.length, 'platform')}`;
}

/** All that was found beside the digest in this repository. */
export function LocationBody({ location }: LocationProps) {
  return (
    <div className="grid gap-4">
      <PlatformTable location={location} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)]">
        <SignatureList location={location} />
        <div className="grid min-w-0 gap-4">
          <Warnings location={location} />
          <AttestationList location={location} />
          <Suggestion location={location} />
          <Panel title="Where we looked" hint={formatNoun(location.places.length, 'place')}>
            <PlaceList places={location.places} />
          </Panel>
        </div>
      </div>
    </div>
  );
}

function Warnings({ location: { warnings } }: LocationProps) {
  if (warnings.length === 0) return null;
  return (
    <Panel title="Warnings" hint="they do not change the verdict">
      <ul>
        {warnings.map(({ reason, detail }) => (
          <li key={`${reason} ${detail}`} className="border-line border-t px-4 py-2.5">
            <p className="font-medium">{reasonOf(reason).title}</p>
            <p className="text-ink-2">
              <Wrap>{detail}</Wrap>
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Suggestion({ location }: LocationProps) {
  if (location.suggestion === null) return null;
  return (
    <Panel title="If this signer is the right one" hint="an authority that would trust it">
      <div className="grid gap-2 px-4 pb-4">
        <CodeBlock what="the authority" text={location.suggestion} />
        <p className="text-ink-2">
          Make sure of that before you add it: it makes every image of{' '}
          <Wrap>{repositoryOf(location)}</Wrap> with this signer verified.
        </p>
      </div>
    </Panel>
  );
}
