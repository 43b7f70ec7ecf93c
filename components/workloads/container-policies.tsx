import type { ReactNode } from 'react';
import { DecisionBadge, ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames } from '#components/status/admission-words.ts';
import { policyHref } from '#components/status/hrefs.ts';
import { Link } from '#components/ui/link.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { DecisionRow, WorkloadAdmission } from '#lib/contract/decisions.ts';
import type { ContainerRow } from '#lib/contract/workloads.ts';
import type { WorkloadAdmissionRead } from '#lib/query/policies.ts';

interface ContainerPoliciesProps {
  readonly use: Pick<ContainerRow, 'container' | 'kind'>;
  readonly admission: WorkloadAdmissionRead;
}

/** The policies that cover a container: what each decides today, and if it enforced. */
export function ContainerPolicies({ use, admission }: ContainerPoliciesProps) {
  const { data, error } = admission;
  return (
    <section aria-label={`Policies that cover ${use.container}`} className="mt-1 grid gap-1.5">
      <h4 className="text-ink-2 text-label">Policies that cover it</h4>
      {data === undefined && error !== null && (
        <p role="alert" className="text-notice-text">
          What admission decides could not be read: <Wrap>{error.message}</Wrap>
        </p>
      )}
      {data !== undefined && <Decided use={use} admission={data} />}
    </section>
  );
}

interface DecidedProps extends Pick<ContainerPoliciesProps, 'use'> {
  readonly admission: WorkloadAdmission;
}

function Decided({ use, admission }: DecidedProps) {
  const own = admission.decisions.filter(
    ({ container, containerKind }) => container === use.container && containerKind === use.kind,
  );
  if (own.length === 0) return <Uncovered admission={admission} />;
  return (
    <ul className="grid gap-2">
      {own.map((row) => (
        <Covering key={row.id} row={row} />
      ))}
    </ul>
  );
}

function Covering({ row }: { readonly row: DecisionRow }) {
  const { policyId, policy, rule, engine, mode, today, enforced, why, engineMayDiffer } = row;
  return (
    <li className="grid gap-0.5">
      <div className="flex flex-wrap items-center gap-x-3">
        <Link
          href={policyHref(policyId)}
          title={`${engineNames[engine]}, rule ${rule}`}
          className="font-medium"
        >
          <Wrap>{policy}</Wrap>
        </Link>
        <ModeBadge mode={mode} />
        <span className="ml-auto flex flex-wrap gap-x-4 max-md:ml-0">
          <Said when="Today">
            <DecisionBadge outcome={today} />
          </Said>
          <Said when="If enforced">
            <DecisionBadge outcome={enforced} />
          </Said>
        </span>
      </div>
      <p className="text-ink-2">
        <Wrap>{why}</Wrap>
      </p>
      {engineMayDiffer !== null && (
        <p className="text-ink-2">
          The engine may decide otherwise: <Wrap>{engineMayDiffer}</Wrap>
        </p>
      )}
    </li>
  );
}

interface SaidProps {
  readonly when: string;
  readonly children: ReactNode;
}

function Said({ when, children }: SaidProps) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className="text-ink-3 text-label">{when}</span>
      {children}
    </span>
  );
}

/** No decision is about the container: a fact only where everything about admission was read. */
function Uncovered({ admission: { complete, why } }: Pick<DecidedProps, 'admission'>) {
  if (!complete)
    return (
      <p className="text-ink-2">
        None that we could read; whether that is all of them is not known.
      </p>
    );
  return (
    <p className="text-ink-2">
      None: no policy that we know of looks at its image.
      {why !== null && (
        <>
          {' '}
          Nothing controls this namespace: <Wrap>{why}</Wrap>.
        </>
      )}
    </p>
  );
}
