import type { PlannedPolicy } from '#lib/lab/plan/planned-admission.ts';
import type { AuditResult } from './gatekeeper-objects.ts';
import { type Decided, lastScan } from './reports.ts';

/** Violations that Gatekeeper keeps at a constraint (`--constraint-violations-limit`). */
const mostKept = 20;

/** What Gatekeeper's audit finds: it looks at every pod, asked at admission or not. */
export function auditResult(policy: PlannedPolicy, decided: readonly Decided[]): AuditResult {
  const kept: AuditResult['kept'][number][] = [];
  let total = 0;
  for (const { workload, rows, podName } of decided) {
    const { namespace } = workload;
    if (['kube-system', 'gatekeeper-system'].includes(namespace)) continue;
    const violating = rows.filter(
      (row) =>
        row.policy === policy.name && row.policyKind === policy.kind && row.enforced === 'refuse',
    );
    total += violating.length * workload.pods;
    for (const { container } of violating)
      for (let place = 0; place < workload.pods && kept.length < mostKept; place += 1)
        kept.push({ namespace, name: podName(place), message: messageOf(policy, container) });
  }
  return { total, kept, at: lastScan() };
}

const messageOf = ({ demand }: PlannedPolicy, container: string): string =>
  demand.kind === 'digest'
    ? `container <${container}> uses an image without a digest`
    : `container <${container}> has an invalid image repo`;
