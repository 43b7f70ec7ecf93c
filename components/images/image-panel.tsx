import { Facts } from '#components/list/facts.tsx';
import { ListFailed } from '#components/list/list-states.tsx';
import { PanelHead, PanelPart } from '#components/list/panel-parts.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { Digest } from '#components/ui/digest.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ImageDetail, ImageLocation } from '#lib/contract/images.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { useImage } from '#lib/query/images.ts';
import { evidenceTitle, mixedSentence, repositoryOf, verdictSentence } from './image-words.ts';

interface ImagePanelProps {
  /** `registry/repository@digest`, as the row is keyed. */
  readonly image: string;
  readonly onClose: () => void;
}

/** The image beside its list: the verdict, why, and what was found. */
export function ImagePanel({ image, onClose }: ImagePanelProps) {
  const at = image.lastIndexOf('@');
  const { data, error, refetch } = useImage(image.slice(at + 1));
  const location = data?.locations.find((item) => repositoryOf(item) === image.slice(0, at));
  if (data !== undefined && location !== undefined)
    return <Loaded image={data} location={location} onClose={onClose} />;
  if (data !== undefined)
    return (
      <ListFailed
        what="this image"
        error={new Error('It is no longer known under this repository.')}
        onRetry={() => void refetch()}
      />
    );
  if (error !== null)
    return <ListFailed what="this image" error={error} onRetry={() => void refetch()} />;
  return <PanelSkeleton label="Reading the image" />;
}

interface LoadedProps {
  readonly image: ImageDetail;
  readonly location: ImageLocation;
  readonly onClose: () => void;
}

function Loaded({ image, location, onClose }: LoadedProps) {
  const { registry, repository, digest, status, reason, detail, tags, checkedAt } = location;
  const page = `/images/${digest}`;
  const slash = repository.lastIndexOf('/');
  const mixed = mixedSentence(location);
  return (
    <>
      <PanelHead
        above={slash < 0 ? registry : `${registry}/${repository.slice(0, slash)}`}
        title={repository.slice(slash + 1)}
        href={page}
        onClose={onClose}
      >
        <Digest value={digest} />
      </PanelHead>
      <section className="grid gap-1.5 px-4 py-3">
        <StatusBadge status={status} />
        <p>
          <Wrap>{verdictSentence(location)}</Wrap>
        </p>
        {detail !== null && (
          <p className="text-ink-2">
            <Wrap>{detail}</Wrap>
          </p>
        )}
        {reason !== null && <p className="text-ink-2">{reasonOf(reason).remedy}</p>}
        <Facts
          className="mt-1"
          entries={[
            { name: 'Tags', value: tags.length === 0 ? 'none' : <Wrap>{tags.join(', ')}</Wrap> },
            {
              name: 'Runs in',
              value: `${formatNoun(location.containers, 'container')} of ${formatNoun(location.workloads, 'workload')}`,
            },
            {
              name: 'Checked',
              value: checkedAt === null ? 'not yet' : <RelativeTime at={checkedAt} />,
            },
          ]}
        />
      </section>
      <PanelPart title="Evidence" hint={formatNoun(location.evidence.length, 'item')}>
        {mixed !== undefined && <p className="text-ink-2">{mixed}</p>}
        <ul>
          {location.evidence.map((item) => (
            <li key={item.id} className="flex items-center gap-3 py-1.5">
              <span className="min-w-0">
                {evidenceTitle(item)}
                <Wrap className="block text-ink-2 text-label">{item.signer?.name ?? ''}</Wrap>
              </span>
              <StatusBadge status={item.status} className="ml-auto" />
            </li>
          ))}
        </ul>
        {location.evidence.length === 0 && <p className="text-ink-2">None was found.</p>}
      </PanelPart>
      <div className="flex items-center gap-3 border-line border-t px-4 py-3">
        <ButtonLink href={`${page}?how=${encodeURIComponent(repositoryOf(location))}`}>
          How do we know?
        </ButtonLink>
        <span className="ml-auto text-ink-3">
          {formatNoun(image.locations.length, 'repository', 'repositories')}
        </span>
      </div>
    </>
  );
}
