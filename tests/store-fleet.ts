import { type Digest, digest } from '#lib/model/digest.ts';
import type { Finding } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { pinOf, type Reference } from '#lib/model/reference.ts';
import type { ImageVerdict, VerdictStatus } from '#lib/model/verdict.ts';
import type { ContainerKind, ImageUse, Inventory, Workload } from '#lib/model/workload.ts';
import type { ClusterState, WorkloadJudgement, WorkloadToJudge } from '#lib/ports/scan-store.ts';
import type { Store } from '#lib/ports/store.ts';

export const noon = new Date('2026-11-20T12:00:00.000Z');
export const minutesLater = (minutes: number): Date => new Date(noon.getTime() + minutes * 60_000);

/** The n-th digest. */
export const digestOf = (n: number): Digest => digest(`sha256:${n.toString(16).padStart(64, '0')}`);

export function workloadOf(n: number, some: Partial<Workload> = {}): Workload {
  const cluster = some.cluster ?? 'east';
  return {
    id: `${cluster}/uid-${n}`,
    cluster,
    namespace: `space-${n % 3}`,
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: `app-${n}`,
    uid: `uid-${n}`,
    ...some,
  };
}

interface UseOptions {
  readonly container?: string;
  readonly kind?: ContainerKind;
  readonly reference?: Partial<Reference>;
  readonly running?: ImageUse['running'];
  readonly pods?: number;
}

/** A container of a workload that runs the n-th digest of `ghcr.io/acme/app`. */
export function containerOf(workload: Workload, n: number, options: UseOptions = {}): ImageUse {
  const reference: Reference = {
    registry: 'ghcr.io',
    repository: 'acme/app',
    ...(options.reference?.digest === undefined && { tag: 'v1' }),
    ...options.reference,
  };
  const { registry, repository, tag } = reference;
  const at = reference.digest === undefined ? '' : `@${reference.digest}`;
  return {
    workloadId: workload.id,
    container: options.container ?? 'main',
    kind: options.kind ?? 'main',
    declared: `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${at}`,
    reference,
    pin: pinOf(reference),
    running: options.running ?? {
      state: 'digest',
      digest: digestOf(n),
      repository: `${registry}/${repository}`,
    },
    pods: options.pods ?? 1,
    examples: ['pod-1'],
  };
}

export const inventoryOf = (
  ...items: readonly (readonly [Workload, ...ImageUse[]])[]
): Inventory => ({
  workloads: items.map(([workload]) => workload),
  uses: items.flatMap(([, ...uses]) => uses),
});

export const reasonOfStatus: Readonly<Record<VerdictStatus, ReasonCode | undefined>> = {
  verified: undefined,
  invalid: 'signature-bad',
  unsigned: 'no-signature',
  untrusted: 'no-authority',
  inconclusive: 'registry-unauthorized',
};

export function verdictOf(
  n: number,
  status: VerdictStatus,
  some: Partial<ImageVerdict> = {},
): { readonly verdict: ImageVerdict; readonly facts: readonly [] } {
  const reason = reasonOfStatus[status];
  return {
    facts: [],
    verdict: {
      digest: digestOf(n),
      registry: 'ghcr.io',
      repository: 'acme/app',
      status,
      ...(reason !== undefined && { reason }),
      retryable: status === 'inconclusive',
      ...(status === 'verified' && {
        authority: 'release',
        signer: { kind: 'key', fingerprint: 'ab'.repeat(32), algorithm: 'ecdsa' } as const,
      }),
      attested: false,
      evidence: [],
      places: [],
      warnings: [],
      verifierVersion: 'test',
      ...some,
    },
  };
}

/** Takes verdicts over as they are; what is not verified, and what a tag pins, is a finding. */
export function judgementOf({ workload, uses }: WorkloadToJudge): WorkloadJudgement {
  const findings = uses.flatMap((use): Finding[] => {
    const base = {
      workloadId: workload.id,
      container: use.container,
      declared: use.declared,
      ...(use.running.state === 'digest' && { digest: use.running.digest }),
      detail: 'as found',
    };
    const status = use.verdict?.status ?? 'inconclusive';
    const reason = use.verdict?.reason ?? 'not-checked-yet';
    return [
      ...(status === 'verified'
        ? []
        : [
            {
              ...base,
              id: `${use.id} ${status}`,
              kind: status,
              severity: status === 'invalid' ? ('critical' as const) : ('high' as const),
              reason,
              owner: 'image owner' as const,
            },
          ]),
      ...(use.pin === 'tag'
        ? [
            {
              ...base,
              id: `${use.id} tag`,
              kind: 'tag-pinned' as const,
              severity: 'low' as const,
              reason: 'tag-only' as const,
              owner: 'image owner' as const,
            },
          ]
        : []),
    ];
  });
  return {
    workloadId: workload.id,
    uses: uses.map((use) => ({
      useId: use.id,
      status: use.verdict?.status ?? 'inconclusive',
      ...(use.verdict?.status !== 'verified' && {
        reason: use.verdict?.reason ?? ('not-checked-yet' as const),
      }),
    })),
    findings,
  };
}

/** Judges until nothing is left; returns the workloads that were judged. */
export async function judgeAll(store: Store, at: Date): Promise<readonly string[]> {
  const judged: string[] = [];
  while (true) {
    const waiting = await store.workloadsToJudge(50);
    if (waiting.length === 0) return judged;
    await store.saveJudgements(waiting.map(judgementOf), at, 'test');
    judged.push(...waiting.map(({ workload }) => workload.id));
  }
}

/** Numbers that look random and are the same in every run. */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** A cluster that is followed and of which everything is known. */
export const clusterOf = (id: string, some: Partial<ClusterState> = {}): ClusterState => ({
  id,
  name: `Cluster ${id}`,
  kind: 'kubeconfig',
  state: 'current',
  watching: true,
  asOf: new Date(),
  problems: [],
  ...some,
});
