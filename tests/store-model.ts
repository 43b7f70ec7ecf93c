import { WorkloadFilter, type WorkloadRow } from '#lib/contract/workloads.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import { verdictStatuses } from '#lib/model/verdict.ts';
import type { ImageUse, Inventory, Workload } from '#lib/model/workload.ts';
import type { dice } from './store-fleet.ts';
import { containerOf, digestOf, reasonOfStatus, workloadOf } from './store-fleet.ts';

const registries = ['ghcr.io', 'docker.io', 'quay.io'];
const kinds = ['main', 'init', 'sidecar'] as const;

/** A fleet of some workloads with what each digest comes to. */
export interface Fleet {
  readonly inventory: Inventory;
  readonly statuses: ReadonlyMap<string, VerdictStatus>;
}

export const subjectKey = (use: ImageUse): string =>
  `${use.reference?.registry}/${use.reference?.repository} ${use.running.state === 'digest' ? use.running.digest : ''}`;

/** A fleet of every kind of container, the same for the same dice. */
export function rollFleet(roll: ReturnType<typeof dice>, size: number): Fleet {
  const statuses = new Map<string, VerdictStatus>();
  const workloads: Workload[] = [];
  const uses: ImageUse[] = [];
  for (let n = 0; n < size; n += 1) {
    const workload = workloadOf(n, {
      cluster: ['east', 'west'][roll(2)] ?? 'east',
      namespace: `space-${roll(4)}`,
      kind: ['Deployment', 'CronJob'][roll(2)] ?? 'Job',
      name: `app-${roll(20)}`,
      ...(roll(3) > 0 && { team: `team-${roll(3)}` }),
    });
    workloads.push(workload);
    for (let c = 0; c <= roll(3); c += 1) {
      const image = roll(25);
      const use = containerOf(workload, image, {
        container: `c${c}`,
        kind: kinds[roll(3)] ?? 'main',
        pods: roll(4),
        reference: {
          registry: registries[image % 3] ?? 'ghcr.io',
          repository: `acme/app-${image % 7}`,
          ...(roll(2) === 0 && { digest: digestOf(image) }),
        },
      });
      uses.push(use);
      statuses.set(subjectKey(use), verdictStatuses[image % 5] ?? 'verified');
    }
  }
  return { inventory: { workloads, uses }, statuses };
}

/** A container as the filters see it. */
interface Seen {
  readonly use: ImageUse;
  readonly status: VerdictStatus;
  readonly findings: readonly { kind: string; severity: string; reason: string }[];
}

/** The containers of every workload, judged as `judgementOf` does. */
function seen({ inventory, statuses }: Fleet): ReadonlyMap<string, readonly Seen[]> {
  const all = inventory.uses.map((use): Seen => {
    const status = statuses.get(subjectKey(use)) ?? 'inconclusive';
    const findings = [];
    if (status !== 'verified')
      findings.push({
        kind: status,
        severity: status === 'invalid' ? 'critical' : 'high',
        reason: reasonOfStatus[status] ?? '',
      });
    if (use.pin === 'tag')
      findings.push({ kind: 'tag-pinned', severity: 'low', reason: 'tag-only' });
    return { use, status, findings };
  });
  return Map.groupBy(all, ({ use }) => use.workloadId);
}

const among = (list: readonly string[], value: string | undefined) =>
  list.length === 0 || (value !== undefined && list.includes(value));

function containerMatches(filter: WorkloadFilter, { use, status, findings }: Seen): boolean {
  const matching = findings.filter(
    (one) =>
      among(filter.finding, one.kind) &&
      among(filter.severity, one.severity) &&
      among(filter.reason, one.reason),
  );
  const byFinding = filter.finding.length + filter.severity.length + filter.reason.length > 0;
  return (
    among(filter.status, status) &&
    among(filter.pin, use.pin) &&
    among(filter.containerKind, use.kind) &&
    among(filter.registry, use.reference?.registry) &&
    (filter.activity === undefined || (filter.activity === 'running') === use.pods > 0) &&
    (filter.digest === undefined ||
      (use.running.state === 'digest' && use.running.digest === filter.digest)) &&
    (!byFinding || matching.length > 0)
  );
}

/** What a list must hold, found in the slowest and plainest way. */
export function expected(
  fleet: Fleet,
  filter: WorkloadFilter,
): { readonly rows: ReadonlyMap<string, VerdictStatus>; readonly containers: number } {
  const containers = seen(fleet);
  const rows = new Map<string, VerdictStatus>();
  let count = 0;
  for (const workload of fleet.inventory.workloads) {
    const own = containers.get(workload.id) ?? [];
    const matching = own.filter((one) => containerMatches(filter, one));
    const inPlace =
      among(filter.cluster, workload.cluster) &&
      among(filter.namespace, workload.namespace) &&
      among(filter.kind, workload.kind) &&
      among(filter.team, workload.team);
    if (!inPlace || matching.length === 0) continue;
    count += matching.length;
    const worst = verdictStatuses.find((status) => matching.some((one) => one.status === status));
    rows.set(workload.id, worst ?? 'verified');
  }
  return { rows, containers: count };
}

/** A filter with some conditions. */
export function rollFilter(roll: ReturnType<typeof dice>): WorkloadFilter {
  const some = <T>(values: readonly T[]): T[] => values.filter(() => roll(values.length) === 0);
  const maybe = <T>(value: T): T | undefined => (roll(3) === 0 ? value : undefined);
  return WorkloadFilter.parse({
    status: some(verdictStatuses),
    pin: some(['tag', 'digest', 'tag-and-digest']),
    registry: some(registries),
    containerKind: some(kinds),
    cluster: some(['east', 'west']),
    namespace: some(['space-0', 'space-1', 'space-2', 'space-3']),
    team: some(['team-0', 'team-1', 'team-2']),
    kind: some(['Deployment', 'CronJob']),
    reason: maybe(['no-signature', 'tag-only']),
    finding: maybe(['tag-pinned']),
    severity: maybe(['high', 'low']),
    activity: maybe(['running', 'at-rest'][roll(2)]),
    ...(roll(4) === 0 && { digest: digestOf(roll(25)) }),
  });
}

export const statusesOf = (rows: readonly WorkloadRow[]): ReadonlyMap<string, VerdictStatus> =>
  new Map(rows.map(({ id, status }) => [id, status]));
