import 'server-only';
import type {
  ControlFilter,
  ControlMatrix,
  DecisionPage,
  WorkloadAdmission,
} from '#lib/contract/decisions.ts';
import { DecisionFilter } from '#lib/contract/decisions.ts';
import type {
  DisagreementFilter,
  DisagreementPage,
  VisibilityList,
} from '#lib/contract/disagreements.ts';
import type {
  BypassFilter,
  BypassPage,
  ExceptionFilter,
  ExceptionPage,
} from '#lib/contract/exceptions.ts';
import type { PageRequest, TableFormat } from '#lib/contract/paging.ts';
import type { PolicyDetail, PolicyFilter, PolicyPage } from '#lib/contract/policies.ts';
import {
  bypassTable,
  decisionTable,
  disagreementTable,
  exceptionTable,
  oneBatch,
  policyLine,
  policyTable,
} from '#lib/contract/policy-exports.ts';
import type { WorkloadRow } from '#lib/contract/workloads.ts';
import { bypassesOf, exceptionsOf, listBypasses, listExceptions } from '#lib/review/bypasses.ts';
import { controlMatrix } from '#lib/review/control.ts';
import { allDecisions, listDecisions } from '#lib/review/decisions.ts';
import { disagreementsOf, listDisagreements } from '#lib/review/disagreements.ts';
import type { Fleet } from '#lib/review/fleet.ts';
import { missingOf, policiesOf, listPolicies as reviewedPolicies } from '#lib/review/policies.ts';
import { readPolicyDetail } from '#lib/review/policy-detail.ts';
import { visibilityOf } from '#lib/review/visibility.ts';
import { server } from '#lib/wiring/server.ts';
import { authorityRow } from './authority-row.ts';
import { tableResponse } from './exports.ts';
import { HttpError } from './route.ts';

const fleet = async (): Promise<Fleet> => (await server()).review.fleet();

/** One page of policies with what each would refuse. */
export const listPolicies = async (filter: PolicyFilter, page: PageRequest): Promise<PolicyPage> =>
  reviewedPolicies(await fleet(), filter, page);

/**
 * One policy with whom it believes, its document, and the ways past it.
 * @throws HttpError 404
 */
export async function readPolicy(id: string): Promise<PolicyDetail> {
  const found = readPolicyDetail(await fleet(), id);
  if (found === undefined)
    throw new HttpError(
      404,
      'No policy has this id. It may have been deleted since the page was opened.',
    );
  const { trusts, ...policy } = found;
  return {
    ...policy,
    trusted: trusts.map((authority) => {
      const { name, kind, trusts: lines, trustRoot, demands } = authorityRow(authority, 0);
      const keys = authority.kind === 'key' ? authority.keys : [];
      const problem = keys.find((key) => key.problem !== undefined)?.problem ?? null;
      return { name, kind, trusts: lines, trustRoot, demands, problem };
    }),
  };
}

/** Which engine controls which namespace. */
export const readControl = async (filter: ControlFilter): Promise<ControlMatrix> =>
  controlMatrix(await fleet(), filter);

/** One page of what rules say to containers. */
export const listPolicyDecisions = async (
  filter: DecisionFilter,
  page: PageRequest,
): Promise<DecisionPage> => listDecisions(await fleet(), filter, page);

/** What admission says of one workload, whole. */
export async function readWorkloadAdmission({
  id,
  cluster,
  namespace,
}: Pick<WorkloadRow, 'id' | 'cluster' | 'namespace'>): Promise<WorkloadAdmission> {
  const read = await fleet();
  const control = controlMatrix(read, { cluster: [cluster], namespace: [namespace], mode: [] });
  return {
    decisions: allDecisions(read, DecisionFilter.parse({ workload: [id] })),
    complete: [...read.clusters.values()]
      .flatMap(missingOf)
      .every((one) => one.cluster !== cluster),
    why: control.items[0]?.why ?? null,
  };
}

/** One page of the ways past engines. */
export const listWaysPast = async (filter: BypassFilter, page: PageRequest): Promise<BypassPage> =>
  listBypasses(await fleet(), filter, page);

/** One page of the exception ledger. */
export const listLedger = async (
  filter: ExceptionFilter,
  page: PageRequest,
): Promise<ExceptionPage> => listExceptions(await fleet(), filter, page);

/** One page of what engines say otherwise than we. */
export const listSecondOpinions = async (
  filter: DisagreementFilter,
  page: PageRequest,
): Promise<DisagreementPage> => listDisagreements(await fleet(), filter, page);

/**
 * Which engines can see the signatures of an image.
 * @throws HttpError 404
 */
export async function readVisibility(digest: string): Promise<VisibilityList> {
  const { store } = await server();
  const image = await store.image(digest);
  if (image === undefined) throw new HttpError(404, `No image has the digest ${digest}.`);
  const hosts = new Map((await store.registries()).map((row) => [row.host, row.referrersApi]));
  const clusters = [...new Set(image.usedBy.map(({ cluster }) => cluster))];
  const evidence = image.locations.flatMap((location) => location.evidence);
  const items = visibilityOf(
    await fleet(),
    clusters,
    evidence,
    (host) => hosts.get(host) ?? undefined,
  );
  return { items: [...items] };
}

/** Every policy of a filter as a download. */
export const exportPolicies = async (filter: PolicyFilter, format: TableFormat) =>
  tableResponse(policyTable(oneBatch(policiesOf(await fleet(), filter).map(policyLine))), format);

/** Every decision of a filter as a download. */
export const exportDecisions = async (filter: DecisionFilter, format: TableFormat) =>
  tableResponse(decisionTable(oneBatch(allDecisions(await fleet(), filter))), format);

/** Every way past an engine of a filter as a download. */
export const exportBypasses = async (filter: BypassFilter, format: TableFormat) =>
  tableResponse(bypassTable(oneBatch(bypassesOf(await fleet(), filter))), format);

/** Every exception of a filter as a download. */
export const exportExceptions = async (filter: ExceptionFilter, format: TableFormat) =>
  tableResponse(exceptionTable(oneBatch(exceptionsOf(await fleet(), filter))), format);

/** Every disagreement of a filter as a download. */
export const exportDisagreements = async (filter: DisagreementFilter, format: TableFormat) =>
  tableResponse(disagreementTable(oneBatch(disagreementsOf(await fleet(), filter))), format);
