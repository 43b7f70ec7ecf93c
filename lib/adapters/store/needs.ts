import { sql } from 'kysely';
import type { Overview } from '#lib/contract/overview.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { severities } from '#lib/model/posture.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import type { ContainerClass, FindingClass } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { inUse, usedIn } from './image-filter.ts';
import { asksPlace, noFilter, placeCondition } from './workload-filter.ts';

/** Workloads with the same containers. */
export interface WorkloadGroup {
  readonly workloads: number;
  readonly classes: readonly ContainerClass[];
}

/** Containers of one class whose images lie in one registry. */
export interface RegistryGroup {
  readonly registry: string | null;
  readonly containers: number;
  readonly facts: ContainerClass;
}

type Need = Overview['needs'][number];
interface Line {
  readonly finding: FindingClass;
  readonly containers: number;
  readonly workloads: number;
}
interface Places {
  readonly repositories: ReadonlyMap<string, readonly string[]>;
  readonly retryAt: ReadonlyMap<string, string>;
}

const shownLines = 7;
const shownPlaces = 3;
const keyOf = ({ kind, reason }: Pick<FindingClass, 'kind' | 'reason'>): string =>
  `${kind} ${reason}`;

/** A line that can wait stands behind all that cannot, however wide it is. */
const canWait = ({ finding }: Line): number =>
  finding.severity === 'low' || finding.severity === 'info' ? 1 : 0;

/** What needs a person, widest blast first: the first lines, and how many there are. */
export async function needs(
  context: StoreContext,
  scope: Scope,
  groups: readonly WorkloadGroup[],
  registries: readonly RegistryGroup[],
): Promise<Pick<Overview, 'needs' | 'needsTotal'>> {
  const lines = linesOf(groups).sort(
    (a, b) =>
      canWait(a) - canWait(b) ||
      b.containers - a.containers ||
      severities.indexOf(a.finding.severity) - severities.indexOf(b.finding.severity) ||
      (keyOf(a.finding) < keyOf(b.finding) ? -1 : 1),
  );
  const shown = lines.slice(0, shownLines);
  const places = await placesOf(context, scope, shown);
  const containers = groups.reduce(
    (sum, { workloads, classes }) =>
      sum + workloads * classes.filter(({ findings }) => findings.length > 0).length,
    0,
  );
  return {
    needs: shown.map((line) => toNeed(line, places, hostsOf(line, registries))),
    needsTotal: { lines: lines.length, containers },
  };
}

function linesOf(groups: readonly WorkloadGroup[]): Line[] {
  const lines = new Map<string, Line>();
  for (const { workloads, classes } of groups) {
    const inGroup = new Set<string>();
    for (const facts of classes)
      for (const finding of distinct(facts.findings)) {
        const key = keyOf(finding);
        const line = lines.get(key);
        lines.set(key, {
          finding: worse(finding, line?.finding),
          containers: (line?.containers ?? 0) + workloads,
          // Several containers of one workload are one workload.
          workloads: (line?.workloads ?? 0) + (inGroup.has(key) ? 0 : workloads),
        });
        inGroup.add(key);
      }
  }
  return [...lines.values()];
}

const distinct = (findings: readonly FindingClass[]): Iterable<FindingClass> =>
  new Map(findings.map((finding) => [keyOf(finding), finding])).values();

const worse = (a: FindingClass, b: FindingClass | undefined): FindingClass =>
  b === undefined || severities.indexOf(a.severity) < severities.indexOf(b.severity) ? a : b;

/** Registries of the containers of a line, the most used first. */
function hostsOf({ finding }: Line, registries: readonly RegistryGroup[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { registry, containers, facts } of registries)
    if (registry !== null && facts.findings.some((one) => keyOf(one) === keyOf(finding)))
      counts.set(registry, (counts.get(registry) ?? 0) + containers);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, shownPlaces)
    .map(([host]) => host);
}

/** Repositories of the images behind the lines, and when the next try is due. */
async function placesOf(
  { db }: StoreContext,
  scope: Scope,
  lines: readonly Line[],
): Promise<Places> {
  const filter = { ...noFilter, ...scope };
  const reasons = [...new Set(lines.map(({ finding }) => finding.reason))];
  const { rows } = await sql<{ reason: string; name: string; retry_at: Date | null }>`
    select reason, name, retry_at from (
      select i.reason, i.registry || '/' || i.repository as name, min(i.retry_at) as retry_at,
        row_number() over (partition by i.reason order by count(*) desc, i.repository) as place
      from image as i where i.reason = any(${reasons}::text[])
        and ${asksPlace(filter) ? usedIn(placeCondition(filter)) : inUse}
      group by i.reason, i.registry, i.repository) as ranked
    where place <= ${shownPlaces} order by reason, place`.execute(db);
  const byReason = Map.groupBy(rows, ({ reason }) => reason);
  return {
    repositories: new Map([...byReason].map(([key, list]) => [key, list.map(({ name }) => name)])),
    retryAt: new Map(
      [...byReason].flatMap(([key, list]) => {
        const times = list.flatMap(({ retry_at }) => retry_at ?? []).map(Number);
        return times.length === 0 ? [] : [[key, new Date(Math.min(...times)).toISOString()]];
      }),
    ),
  };
}

function toNeed(
  { finding, containers, workloads }: Line,
  places: Places,
  hosts: readonly string[],
): Need {
  const { title, remedy, owner } = reasonOf(finding.reason);
  const repositories = places.repositories.get(finding.reason) ?? hosts;
  return {
    ...finding,
    title,
    remedy,
    owner,
    containers,
    workloads,
    // A registry that fails is itself the place; a verdict is known by its repositories.
    where: [...(finding.reason.startsWith('registry-') ? hosts : repositories)],
    retryAt: places.retryAt.get(finding.reason) ?? null,
  };
}
