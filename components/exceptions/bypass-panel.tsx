import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { PanelHead, PanelPart } from '#components/list/panel-parts.tsx';
import { engineNames } from '#components/status/admission-words.ts';
import { decisionsHref } from '#components/status/hrefs.ts';
import { AsOf } from '#components/ui/as-of.tsx';
import { CopyButton } from '#components/ui/copy.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { BypassRow } from '#lib/contract/exceptions.ts';
import { Effect, Severity } from './bypass-columns.tsx';
import { effectWords } from './exception-words.ts';

interface BypassPanelProps {
  readonly row: BypassRow;
  readonly onClose: () => void;
}

/** One way past an engine: where it stands, what it lets happen, how to close it, who could use it. */
export function BypassPanel({ row, onClose }: BypassPanelProps) {
  const { id, cluster, engine, title, why, effect, severity, remedy, workloads } = row;
  return (
    <>
      <PanelHead above={`${engineNames[engine]} in ${cluster}`} title={title} onClose={onClose} />
      <div className="grid gap-1 px-4 py-3">
        <div className="flex items-center">
          <Effect effect={effect} />
          <span className="ml-auto">
            <Severity severity={severity} />
          </span>
        </div>
        <Wrap>{why}</Wrap>
        <p className="text-ink-2">{effectWords[effect].says}</p>
      </div>
      <PanelPart title="Do this">
        <Wrap>{remedy}</Wrap>
      </PanelPart>
      <PanelPart title="Could use it now" hint={formatNoun(workloads, 'workload')}>
        {workloads === 0 ? (
          <p className="text-ink-2">No workload that we know of. The next one may.</p>
        ) : (
          <Link
            href={decisionsHref({ bypass: id })}
            className="justify-self-start text-accent hover:underline hover:underline-offset-3"
          >
            Show {workloads === 1 ? 'the workload' : 'the workloads'} that could use it
          </Link>
        )}
      </PanelPart>
      <PanelPart title="Facts">
        <Facts entries={facts(row)} />
      </PanelPart>
    </>
  );
}

const facts = (row: BypassRow): readonly FactEntry[] => [
  {
    name: 'Object',
    value:
      row.object === null ? (
        'missing altogether'
      ) : (
        <span className="flex items-start gap-1">
          <Wrap className="font-mono text-code">{row.object}</Wrap>
          <CopyButton text={row.object} what="the object" />
        </span>
      ),
  },
  { name: 'Of it', value: <Wrap className="font-mono text-code">{row.name}</Wrap> },
  { name: 'As of', value: <AsOf at={row.asOf} stale={row.stale} /> },
];
