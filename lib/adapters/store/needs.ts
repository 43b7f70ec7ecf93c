import { sql } from 'kysely';
import type { Overview } from '#lib/contract/overview.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { severities } from '#lib/model/posture.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import type { ContainerClass, FindingClass } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { noFilter, placeCondition } from './workload-filter.ts';

/** Workloads with the same containers. */
export interface WorkloadGroup {
  readonly workloads: number;
  readonly classes: readonly ContainerClass[];
}

type Need = Overview['needs'][number];
interface Line {
  readonly finding: FindingClass;
  readonly containers: number;
  readonly workloads: number;
  readonly registries: ReadonlyMap<string, number>;
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
    needs: shown.map((line) => toNeed(line, places)),
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
          registries: plus(line?.registries, facts.registry, workloads),
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

function plus(
  counts: ReadonlyMap<string, number> | undefined,
  registry: string | null,
  containers: number,
): ReadonlyMap<string, number> {
  if (registry === null) return counts ?? new Map();
  return new Map(counts).set(registry, (counts?.get(registry) ?? 0) + containers);
}

/** Repositories of the failing images and when the next try is due. */
async function placesOf(
  { db }: StoreContext,
  scope: Scope,
  lines: readonly Line[],
): Promise<Places> {
  const reasons = [...new Set(lines.map(({ finding }) => finding.reason))];
  const { rows } = await sql<{ key: string; name: string; retry_at: Date | null }>`
    select key, name, retry_at from (
      select f.kind || ' ' || f.reason as key, u.registry || '/' || u.repository as name,
        min(i.retry_at) as retry_at,
        row_number() over (partition by f.kind, f.reason order by count(*) desc, u.repository) as place
      from finding as f join image_use as u on u.id = f.use_id join workload as w on w.id = f.workload_id
      left join image as i on i.id = u.image_id
      where f.reason = any(${reasons}::text[]) and u.registry is not null
        and ${placeCondition({ ...noFilter, ...scope })}
      group by f.kind, f.reason, u.registry, u.repository) as ranked
    where place <= ${shownPlaces} order by key, place`.execute(db);
  const byKey = Map.groupBy(rows, ({ key }) => key);
  return {
    repositories: new Map([...byKey].map(([key, list]) => [key, list.map(({ name }) => name)])),
    retryAt: new Map(
      [...byKey].flatMap(([key, list]) => {
        const times = list.flatMap(({ retry_at }) => retry_at ?? []).map(Number);
        return times.length === 0 ? [] : [[key, new Date(Math.min(...times)).toISOString()]];
      }),
    ),
  };
}

function toNeed({ finding, containers, workloads, registries }: Line, places: Places): Need {
  const { title, remedy, owner } = reasonOf(finding.reason);
  const key = keyOf(finding);
  const hosts = [...registries]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, shownPlaces)
    .map(([host]) => host);
  // A registry that fails is itself the place; anything else is known by its repositories.
  const where = finding.reason.startsWith('registry-') ? hosts : places.repositories.get(key);
  return {
    ...finding,
    title,
    remedy,
    owner,
    containers,
    workloads,
    where: [...(where ?? hosts)],
    retryAt: places.retryAt.get(key) ?? null,
  };
}
