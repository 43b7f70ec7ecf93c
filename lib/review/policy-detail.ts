import type { PolicyDetail } from '#lib/contract/policies.ts';
import type { Authority } from '#lib/model/authority.ts';
import { engineResults } from '#lib/model/engine-report.ts';
import type { ObjectReference } from '#lib/model/policy.ts';
import { enforcePatch } from '#lib/policy/enforce.ts';
import { bypassesOf, exceptionsOf } from './bypasses.ts';
import type { Fleet, ReviewedCluster } from './fleet.ts';
import { objectId, objectName } from './object-id.ts';
import { documentOf, policyRows, yamlOf } from './policies.ts';

/** One policy with all that is known of it; whom it believes is the caller's to put into words. */
export type ReviewedPolicy = Omit<PolicyDetail, 'trusted'> & {
  readonly trusts: readonly Authority[];
};

/** One policy by its id; undefined for what is not there, or is there no more. */
export function readPolicyDetail(fleet: Fleet, id: string): ReviewedPolicy | undefined {
  const row = policyRows(fleet).find((one) => one.id === id);
  const cluster = row && fleet.clusters.get(row.cluster);
  if (row === undefined || cluster === undefined) return undefined;
  const summary = cluster.admission.policies.find(({ reference }) => objectId(reference) === id);
  const reference = summary?.reference ?? referenceOf(row);
  const document = documentOf(cluster, reference);
  const { counts, notes } = cluster.admission.reported(reference);
  const patch = document === undefined ? undefined : enforcePatch(document);
  const everywhere = { cluster: [row.cluster], engine: [row.engine] };
  return {
    ...row,
    trusts: summary?.authorities ?? [],
    document: document === undefined ? '' : yamlOf(document),
    bypasses: bypassesOf(fleet, { ...everywhere, code: [] }).filter(
      ({ object }) => object === null || !isOtherPolicy(cluster, object, reference),
    ),
    exceptions: exceptionsOf(fleet, { ...everywhere, kind: [], fault: [] }).filter(
      ({ policyId }) => policyId === null || policyId === id,
    ),
    reported: Object.fromEntries(
      engineResults.map((result) => [result, counts[result] ?? 0]),
    ) as PolicyDetail['reported'],
    notes: [...notes],
    patch: patch ?? null,
  };
}

const referenceOf = ({ cluster, group, kind, namespace, name }: ReviewedRow) => ({
  cluster,
  group,
  version: '',
  kind,
  name,
  ...(namespace !== null && { namespace }),
});
type ReviewedRow = Pick<PolicyDetail, 'cluster' | 'group' | 'kind' | 'namespace' | 'name'>;

/** Ways past an engine concern all of its policies, but for those that are of one policy alone. */
const isOtherPolicy = (
  { admission }: ReviewedCluster,
  object: string,
  reference: ObjectReference,
): boolean =>
  object !== objectName(reference) &&
  admission.policies.some((one) => objectName(one.reference) === object);
