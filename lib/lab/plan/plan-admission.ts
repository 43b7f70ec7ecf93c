import { decisionsOf, isSkipped } from './admission-decisions.ts';
import { type AdmissionDraft, admissionDrafts } from './admission-drafts.ts';
import type { ImageTruth } from './image-truth.ts';
import type { PlannedWorkload } from './plan.ts';
import type {
  PlannedAdmission,
  PlannedDecisionRow,
  PlannedDisagreement,
  PlannedException,
} from './planned-admission.ts';

/**
 * Plans admission in the first three clusters; further ones have no engine. Exceptions and false
 * reports are put where the plan's own decisions make them matter, so that each kind occurs whatever
 * the seed.
 */
export function planAdmission(
  clusters: readonly string[],
  workloads: readonly PlannedWorkload[],
  truth: ImageTruth,
): readonly PlannedAdmission[] {
  const base = workloads.filter(({ namespace }) => !isRepeated(namespace));
  const byCluster = Map.groupBy(base, ({ cluster }) => cluster);
  return admissionDrafts.flatMap((draft, index) => {
    const cluster = clusters[index];
    if (cluster === undefined) return [];
    const own = byCluster.get(cluster) ?? [];
    const unplanted = { ...draft, exceptions: [] };
    const rows = own.map((workload) => decisionsOf(unplanted, truth, workload));
    const found: Found = { draft, rows, truth, workloads: own };
    return [
      { cluster, ...draft, ...(plants[index]?.(found) ?? { exceptions: [], disagreements: [] }) },
    ];
  });
}

/** A large lab repeats its namespaces under a number; what is planted lies in those without. */
const isRepeated = (namespace: string): boolean => /-\d+$/.test(namespace);

/** A cluster before exceptions, with what its policies say of each workload. */
interface Found {
  readonly draft: AdmissionDraft;
  /** In the order of the workloads. */
  readonly rows: readonly (readonly PlannedDecisionRow[])[];
  readonly workloads: readonly PlannedWorkload[];
  readonly truth: ImageTruth;
}
type Planted = Pick<PlannedAdmission, 'exceptions' | 'disagreements'>;

/** Workloads to which a policy says something, with what it says. */
function saidBy({ draft, rows, workloads }: Found, policy: string) {
  const planned = draft.policies.find(({ name }) => name === policy);
  return workloads.flatMap((workload, index) => {
    const said = (rows[index] ?? []).filter(
      (row) => row.policy === policy && row.policyKind === planned?.kind,
    );
    const declared = (container: string) =>
      workload.containers.find(({ name }) => name === container)?.declared ?? '';
    const heeded = said.filter((row) => !planned || !isSkipped(planned, declared(row.container)));
    return heeded.length > 0 ? [{ workload, said: heeded }] : [];
  });
}
type Said = ReturnType<typeof saidBy>[number];

const all =
  (outcome: PlannedDecisionRow['enforced']) =>
  ({ said }: Said): boolean =>
    said.every(({ enforced }) => enforced === outcome);
const some =
  (outcome: PlannedDecisionRow['enforced']) =>
  ({ said }: Said): boolean =>
    said.some(({ enforced }) => enforced === outcome);
const isProven = ({ workload }: Said): boolean =>
  workload.containers.every(({ runs }) =>
    runs.every((run) => run.state === 'digest' && run.target.expected.status === 'verified'),
  );

const disagreement = (
  kind: PlannedDisagreement['kind'],
  policy: string,
  result: PlannedDisagreement['result'],
  said: readonly Said[],
  at?: string,
): PlannedDisagreement[] =>
  said.map(({ workload: { namespace, name: workload } }) => ({
    kind,
    policy,
    namespace,
    workload,
    result,
    ...(at !== undefined && { at }),
  }));

function plantFirst(found: Found): Planted {
  const platform = saidBy(found, 'verify-platform-images');
  const data = saidBy(found, 'verify-data-images');
  const unsigned = data.find(some('refuse'));
  const late = platform.find(
    (one) =>
      some('refuse')(one) &&
      !['payments', 'identity', 'platform-tools'].includes(one.workload.namespace),
  );
  const exceptions = [
    unsigned &&
      waiver(
        'unsigned-until-migrated',
        'verify-data-images',
        unsigned,
        'data-platform',
        '2035-06-30T00:00:00Z',
      ),
    late &&
      waiver('incident-4711', 'verify-platform-images', late, 'platform', '2026-03-31T00:00:00Z'),
  ];
  // What an exception covers is not what a false report is told of.
  const isKept = ({ workload }: Said) =>
    [unsigned, late].every(
      (one) =>
        one?.workload.namespace !== workload.namespace ||
        !workload.name.startsWith(one.workload.name),
    );
  return {
    exceptions: [...exceptions.filter((one) => one !== undefined), ...idleWaivers],
    disagreements: [
      ...firstOf(found, platform.filter(isKept), data.filter(isKept)),
      ...disagreement(
        'verified-nothing',
        'verify-upstream-tools',
        'pass',
        saidBy(found, 'verify-upstream-tools'),
      ),
    ],
  };
}

/** An exception for one workload, and for whatever else begins with its name. */
const waiver = (
  name: string,
  policy: string,
  { workload }: Said,
  owner: string,
  expiresAt: string,
): PlannedException => ({
  group: 'kyverno.io',
  namespace: workload.namespace,
  name,
  policy,
  namespaces: [workload.namespace],
  workload: workload.name,
  owner,
  expiresAt,
  honoured: true,
});

/** One for a workload that is no more, and one for everybody. */
const idleWaivers: readonly PlannedException[] = [
  {
    group: 'kyverno.io',
    namespace: 'reporting',
    name: 'old-etl',
    policy: 'verify-platform-images',
    namespaces: ['reporting'],
    workload: 'old-etl',
    owner: 'analytics',
    honoured: true,
  },
  {
    group: 'kyverno.io',
    namespace: 'kyverno',
    name: 'let-vault-run',
    policy: 'verify-vault-images',
    honoured: true,
  },
];

/** One false report of each kind, under policies that reach many workloads. */
function firstOf(
  found: Found,
  platform: readonly Said[],
  data: readonly Said[],
): readonly PlannedDisagreement[] {
  const inNamespace =
    (name: string) =>
    ({ workload }: Said) =>
      workload.namespace === name;
  const one = (said: readonly Said[]) => said.slice(0, 1);
  const refuted = platform.filter(some('refuse')).filter(inNamespace('platform-tools'));
  const proven = data.filter(all('admit')).filter(isProven);
  const old = platform
    .filter(all('admit'))
    .filter(isProven)
    .filter(({ workload }) => workload.namespace === 'checkout' && workload.kind === 'Deployment');
  const hidden = saidBy(found, 'verify-finance-images').filter(some('error'));
  return [
    ...disagreement('passes-and-we-refute', 'verify-platform-images', 'pass', one(refuted)),
    ...disagreement('fails-and-we-prove', 'verify-data-images', 'fail', one(proven)),
    ...disagreement('passes-and-we-could-not-check', 'verify-finance-images', 'pass', one(hidden)),
    ...disagreement(
      'silent',
      'verify-edge-images',
      'none',
      one(saidBy(found, 'verify-edge-images')),
    ),
    // Long before the pods were made that run now, and before their images were signed.
    ...disagreement('stale', 'verify-platform-images', 'fail', one(old), '2026-08-15T03:00:00Z'),
  ];
}

/** The version of Kyverno is known to fail at bundles signed with a key: it fails where we prove. */
function plantSecond(found: Found): Planted {
  const bundles = saidBy(found, 'verify-platform-bundles').filter(
    (one) =>
      all('admit')(one) &&
      one.said.every(({ container }) => {
        const declared = one.workload.containers.find(({ name }) => name === container)?.declared;
        const legacy = { kind: 'signature', by: 'platform-key', formats: ['legacy'] } as const;
        return found.truth.outcome(legacy, declared ?? '') === 'refuse';
      }),
  );
  return {
    exceptions: [
      {
        group: 'policies.kyverno.io',
        namespace: 'kyverno',
        name: 'edge-rollout',
        policy: 'verify-edge-images',
        owner: 'platform',
        expiresAt: '2035-01-31T00:00:00Z',
        honoured: true,
      },
      {
        group: 'kyverno.io',
        namespace: 'payments',
        name: 'self-service',
        policy: 'verify-platform-images',
        namespaces: ['payments'],
        honoured: false,
      },
    ],
    disagreements: disagreement('defect-suspected', 'verify-platform-bundles', 'fail', bundles),
  };
}

const plants: readonly ((found: Found) => Planted)[] = [plantFirst, plantSecond];
