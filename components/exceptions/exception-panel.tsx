import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { PanelHead, PanelPart } from '#components/list/panel-parts.tsx';
import { engineNames } from '#components/status/admission-words.ts';
import { decisionsHref, policyHref } from '#components/status/hrefs.ts';
import { AsOf } from '#components/ui/as-of.tsx';
import { CopyButton } from '#components/ui/copy.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ExceptionRow } from '#lib/contract/exceptions.ts';
import { exceptionKindWords, faultWords } from './exception-words.ts';
import { Expiry } from './expiry.tsx';

interface ExceptionPanelProps {
  readonly row: ExceptionRow;
  readonly onClose: () => void;
}

/** One exception: what it sets free, who answers for it, what is wrong with it, who relies on it. */
export function ExceptionPanel({ row, onClose }: ExceptionPanelProps) {
  const { id, cluster, engine, kind, object, why, faults, workloads } = row;
  return (
    <>
      <PanelHead
        above={`${exceptionKindWords[kind]}, ${engineNames[engine]} in ${cluster}`}
        title={object}
        onClose={onClose}
      />
      <div className="px-4 py-3">
        <Wrap>{why}</Wrap>
      </div>
      {faults.length > 0 && (
        <PanelPart title="Do this">
          <ul className="grid gap-2">
            {faults.map((fault) => (
              <li key={fault}>
                <p className="font-medium">{faultWords[fault].word}</p>
                <p className="text-ink-2">{faultWords[fault].says}</p>
              </li>
            ))}
          </ul>
        </PanelPart>
      )}
      <PanelPart title="Rely on it now" hint={formatNoun(workloads, 'workload')}>
        {workloads === 0 ? (
          <p className="text-ink-2">
            Without it, nothing that we know of would be decided otherwise.
          </p>
        ) : (
          <Link
            href={decisionsHref({ exception: id })}
            className="justify-self-start text-accent hover:underline hover:underline-offset-3"
          >
            Show {workloads === 1 ? 'the workload that relies' : 'the workloads that rely'} on it
          </Link>
        )}
      </PanelPart>
      <PanelPart title="Facts">
        <Facts entries={facts(row)} />
      </PanelPart>
    </>
  );
}

const facts = (row: ExceptionRow): readonly FactEntry[] => [
  {
    name: 'Object',
    value: (
      <span className="flex items-start gap-1">
        <Wrap className="font-mono text-code">{row.object}</Wrap>
        <CopyButton text={row.object} what="the object" />
      </span>
    ),
  },
  { name: 'Policy', value: <PolicyFact row={row} /> },
  { name: 'Sets free', value: <Wrap>{row.scope}</Wrap> },
  { name: 'Owner', value: row.owner === null ? 'none is named' : <Wrap>{row.owner}</Wrap> },
  { name: 'Expires', value: <Expiry at={row.expiresAt} /> },
  { name: 'Created', value: row.createdAt && <RelativeTime at={row.createdAt} /> },
  { name: 'As of', value: <AsOf at={row.asOf} stale={row.stale} /> },
];

function PolicyFact({ row: { policy, policyId } }: { readonly row: ExceptionRow }) {
  if (policy === null) return 'everything that this engine decides';
  if (policyId === null) return <Wrap>{policy}</Wrap>;
  return (
    <Link href={policyHref(policyId)} className="text-accent hover:underline">
      <Wrap>{policy}</Wrap>
    </Link>
  );
}
