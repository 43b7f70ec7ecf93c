import type { EngineReport, EngineResult, ReportedResult } from '#lib/model/engine-report.ts';
import type { Engine, ObjectReference } from '#lib/model/policy.ts';
import type { Admission, ReportedAbout } from '#lib/policy/admission.ts';

/** Which engine stands behind the source that a report names; undefined for other tools. */
export function engineOfSource(source: string): Engine | undefined {
  if (/^validatingadmissionpolicy$/i.test(source)) return 'validating-admission-policy';
  if (/^kyverno/i.test(source)) return 'kyverno';
  if (/^gatekeeper/i.test(source)) return 'gatekeeper';
  if (/^kubewarden/i.test(source)) return 'kubewarden';
  return /^policy-controller$/i.test(source) ? 'policy-controller' : undefined;
}

/** What reports say, found by the object that they are about and by the policy. */
export type ReportIndex = Pick<Admission, 'reportsAbout' | 'reported'> & {
  /** Engines that wrote a result of a policy about anything: `engine/policy`. */
  readonly reporting: ReadonlySet<string>;
};

interface OfPolicy {
  readonly counts: Partial<Record<EngineResult, number>>;
  readonly notes: Set<string>;
}

/** How an index calls a policy in a report: by engine and name, with its namespace where it has one. */
export const reportedName = (engine: Engine, policy: string): string => `${engine}/${policy}`;

/** Indexes reports once, so that asking is a look-up. Results of tools that admit nothing are left out. */
export function indexReports(reports: readonly EngineReport[]): ReportIndex {
  const about = new Map<string, ReportedAbout[]>();
  const byPolicy = new Map<string, OfPolicy>();
  const reporting = new Set<string>();
  for (const { results, notes } of reports)
    for (const result of results) {
      const engine = engineOfSource(result.source);
      if (engine === undefined) continue;
      reporting.add(reportedName(engine, result.policy));
      countResult(byPolicy, result, notes);
      for (const { kind, namespace, name } of result.resources)
        push(about, objectKey(kind, namespace, name), reportedOf(engine, result));
    }
  for (const report of reports) tellCut(byPolicy, report);
  return {
    reporting,
    reportsAbout: (kind, namespace, name) => about.get(objectKey(kind, namespace, name)) ?? [],
    reported: (policy) => {
      const found = namesOf(policy).flatMap((name) => byPolicy.get(name) ?? []);
      return {
        counts: found.reduce((sum, { counts }) => added(sum, counts), {}),
        notes: [...new Set(found.flatMap(({ notes }) => [...notes]))],
      };
    },
  };
}

const objectKey = (kind: string, namespace: string | undefined, name: string): string =>
  `${namespace ?? ''}/${kind}/${name}`;

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

const reportedOf = (
  engine: Engine,
  { policy, rule, result, message, at }: ReportedResult,
): ReportedAbout => ({
  engine,
  policy,
  ...(rule !== undefined && { rule }),
  result,
  message,
  ...(at !== undefined && { at }),
});

/** Policies of one name and different kinds are told apart by the source, constraints by the rule. */
const keyOf = ({ source, policy, rule }: ReportedResult): string => {
  const engine = engineOfSource(source);
  if (engine === 'gatekeeper') return `gatekeeper/${rule ?? ''}/${policy}`;
  return engine === 'kyverno' && /ImageValidating/i.test(source)
    ? `kyverno/image/${policy}`
    : `${engine}/${policy}`;
};

function ofPolicy(byPolicy: Map<string, OfPolicy>, key: string): OfPolicy {
  const found = byPolicy.get(key) ?? { counts: {}, notes: new Set<string>() };
  byPolicy.set(key, found);
  return found;
}

function countResult(
  byPolicy: Map<string, OfPolicy>,
  result: ReportedResult,
  notes: readonly string[],
): void {
  const found = ofPolicy(byPolicy, keyOf(result));
  found.counts[result.result] = (found.counts[result.result] ?? 0) + 1;
  for (const note of notes.slice(0, mostNotes))
    if (found.notes.size < mostNotes) found.notes.add(note);
}

/** Sentences of this many reports are enough to see that something is missing. */
const mostNotes = 20;

/** A constraint whose list was cut has results that are in no list at all. */
function tellCut(
  byPolicy: Map<string, OfPolicy>,
  { reference, total, results, notes }: EngineReport,
) {
  if (reference.group !== 'constraints.gatekeeper.sh') return;
  const found = ofPolicy(byPolicy, `gatekeeper/${reference.kind}/${reference.name}`);
  for (const note of notes) found.notes.add(note);
  if (total > results.length) found.counts.fail = Math.max(found.counts.fail ?? 0, total);
}

/** A result calls a namespaced policy with its namespace before the name. */
function namesOf({ group, kind, namespace, name }: ObjectReference): readonly string[] {
  const full = namespace === undefined ? name : `${namespace}/${name}`;
  if (group === 'constraints.gatekeeper.sh') return [`gatekeeper/${kind}/${name}`];
  if (group === 'kyverno.io') return [`kyverno/${full}`];
  if (group === 'policies.kyverno.io') return [`kyverno/image/${full}`];
  if (group === 'policies.kubewarden.io') return [`kubewarden/${full}`];
  if (group === 'policy.sigstore.dev') return [`policy-controller/${full}`];
  return [`validating-admission-policy/${full}`];
}

function added(
  one: Readonly<Partial<Record<EngineResult, number>>>,
  other: Readonly<Partial<Record<EngineResult, number>>>,
): Partial<Record<EngineResult, number>> {
  const sum: Partial<Record<EngineResult, number>> = { ...one };
  for (const [result, count] of Object.entries(other) as [EngineResult, number][])
    sum[result] = (sum[result] ?? 0) + count;
  return sum;
}
