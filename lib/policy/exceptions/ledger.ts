import type { PolicySummary } from '#lib/model/policy.ts';
import type { AdmissionInput, LedgerEntry } from '#lib/policy/admission.ts';
import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import type { GatekeeperObjects } from '#lib/policy/gatekeeper/gatekeeper-decider.ts';
import { kyvernoSetup } from '#lib/policy/kyverno/kyverno-asked.ts';
import type { AdmissionSurface } from '#lib/policy/webhooks/admission-surface.ts';
import { connaisseurExceptions } from './connaisseur-exceptions.ts';
import { gatekeeperExceptions } from './gatekeeper-exceptions.ts';
import { kyvernoExceptions } from './kyverno-exceptions.ts';
import { policyControllerExceptions } from './policy-controller-exceptions.ts';
import { webhookExceptions } from './webhook-exceptions.ts';

/** Every way in which rules of the engines of a cluster are set aside, with whom it covers. */
export function exceptionLedger(
  { cluster, engines, namespaces, now }: AdmissionInput,
  objects: ClusterObjects,
  { constraints }: GatekeeperObjects,
  policies: readonly PolicySummary[],
  exemptions: AdmissionSurface['exemptions'],
): readonly LedgerEntry[] {
  const labels = new Map(namespaces.map((one) => [one.name, one.labels]));
  const labelsOf = (namespace: string) => labels.get(namespace);
  const setup = kyvernoSetup(cluster, objects, engines);
  return [
    ...kyvernoExceptions(objects, policies, { setup, labelsOf, now }),
    ...policyControllerExceptions(objects, namespaces),
    ...gatekeeperExceptions(objects, constraints, labelsOf),
    ...connaisseurExceptions(objects),
    ...webhookExceptions(objects, exemptions, namespaces, labelsOf),
  ];
}

/**
 * Exceptions as ways past an engine, as far as these have no other name there: webhooks, namespaces and
 * modes have. What the engine is known not to heed lets nobody past.
 */
export const bypassingExceptions = (
  ledger: readonly LedgerEntry[],
): AdmissionSurface['exceptions'] =>
  ledger.filter(isBypass).map(({ object, ...entry }) => ({ ...entry, reference: object }));

function isBypass({ kind, notHonoured }: LedgerEntry): boolean {
  if (kind === 'policy-exception') return !/^the engine honours/.test(notHonoured ?? '');
  return ['skip-image-references', 'static-pass', 'notation-skip', 'no-match-allow'].includes(kind);
}
