import clsx from 'clsx';
import { Clock3, Database, FileCheck, Hourglass, RefreshCw, Server } from 'lucide-react';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { SourceRow } from '#lib/contract/sources.ts';
import { reasons } from '#lib/model/reasons.ts';
import { registryHref } from './hrefs.ts';
import { isBehind, stateWords } from './source-state.ts';

const kinds = { cluster: Server, registry: Database, 'trust-root': FileCheck } as const;

const hrefOf = ({ kind, id, name }: SourceRow): string => {
  if (kind === 'registry') return registryHref(name);
  return kind === 'cluster' ? `/clusters#${encodeURIComponent(id)}` : '/settings#trust-roots';
};

function iconOf(source: SourceRow) {
  if (isBehind(source)) return Clock3;
  if (source.state === 'scanning') return RefreshCw;
  return source.state === 'waiting' ? Hourglass : kinds[source.kind];
}

/** Every source on one line: what it is, how it stands, how old its last word is. */
export function SourceLines({ sources }: { readonly sources: readonly SourceRow[] }) {
  return (
    <ul className="py-1.5">
      {sources.map((source) => (
        <SourceLine key={`${source.kind} ${source.id}`} source={source} />
      ))}
    </ul>
  );
}

function SourceLine({ source }: { readonly source: SourceRow }) {
  const late = isBehind(source);
  const Icon = iconOf(source);
  const why = source.reason === null ? stateWords[source.state] : reasons[source.reason].title;
  return (
    <li className="grid h-[38px] grid-cols-[14px_minmax(0,max-content)_minmax(0,1fr)_auto] items-center gap-2 px-4">
      <Icon
        aria-hidden="true"
        className={clsx('size-3.5', late ? 'text-notice-text' : 'text-ink-3')}
      />
      <Link href={hrefOf(source)} className="min-w-0 font-[450]">
        <Clip>{source.name}</Clip>
      </Link>
      <span
        title={source.detail ?? why}
        className={clsx('truncate text-label', late ? 'text-ink-2' : 'text-ink-3')}
      >
        {why}
      </span>
      {source.asOf === null ? (
        <span className={late ? 'text-notice-text' : 'text-ink-3'}>never</span>
      ) : (
        <RelativeTime
          at={source.asOf}
          form="age"
          className={clsx('text-right', late ? 'font-medium text-notice-text' : 'text-ink-2')}
        />
      )}
    </li>
  );
}
