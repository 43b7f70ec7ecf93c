import type { ControlMatrix, ControlRow, DecisionRow } from '#lib/contract/decisions.ts';
import type { GapCounts, PolicyDetail, PolicyPage, PolicyRow } from '#lib/contract/policies.ts';
import type { SourceList } from '#lib/contract/sources.ts';

/** Rows about policies as the API answers them, each with what a test is about. */
const at = '2026-11-21T12:00:00.000Z';
const age = { asOf: at, stale: false };

export const gapCounts = (change: Partial<GapCounts> = {}): GapCounts => ({
  workloads: 100,
  wouldRefuse: 0,
  refusedToday: 0,
  wouldError: 0,
  notEvaluated: 0,
  ...change,
});

export const policyRow = (change: Partial<PolicyRow> = {}): PolicyRow => ({
  id: 'p1',
  cluster: 'prod',
  group: 'kyverno.io',
  kind: 'ClusterPolicy',
  namespace: null,
  name: 'verify-release',
  engine: 'kyverno',
  mode: 'audit',
  otherModes: [],
  verifies: true,
  images: ['ghcr.io/acme/*'],
  authorities: 1,
  unevaluated: [],
  problems: [],
  counts: gapCounts({ wouldRefuse: 12, wouldError: 3 }),
  createdAt: at,
  ...age,
  ...change,
});

export const policyPage = (change: Partial<PolicyPage> = {}): PolicyPage => {
  const items = change.items ?? [policyRow()];
  return {
    items,
    next: null,
    total: items.length,
    unread: [],
    gap: gapCounts({ wouldRefuse: 12, wouldError: 3 }),
    engines: [],
    missing: [],
    ...change,
  };
};

export const policyDetail = (change: Partial<PolicyDetail> = {}): PolicyDetail => ({
  ...policyRow(),
  trusted: [],
  document: 'kind: ClusterPolicy\n',
  bypasses: [],
  exceptions: [],
  reported: { pass: 0, fail: 0, warn: 0, error: 0, skip: 0, unstated: 0 },
  notes: [],
  patch: null,
  ...change,
});

export const decisionRow = (change: Partial<DecisionRow> = {}): DecisionRow => ({
  id: 'd1',
  cluster: 'prod',
  namespace: 'shop',
  workloadId: 'w1',
  workload: 'cart',
  workloadKind: 'Deployment',
  team: 'shop',
  container: 'app',
  containerKind: 'main',
  image: 'ghcr.io/acme/cart:1',
  status: 'unsigned',
  policyId: 'p1',
  policy: 'verify-release',
  engine: 'kyverno',
  rule: 'check',
  mode: 'audit',
  today: 'admit',
  enforced: 'refuse',
  why: 'no signature of the release key',
  engineMayDiffer: null,
  event: 'rollout',
  eventDetail: 'the next rollout makes new pods',
  pods: 3,
  ...age,
  ...change,
});

export const controlRow = (change: Partial<ControlRow> = {}): ControlRow => ({
  cluster: 'prod',
  namespace: 'shop',
  workloads: 4,
  strongest: 'audit',
  why: null,
  cells: [{ engine: 'kyverno', mode: 'audit', why: 'the policy only audits' }],
  ...age,
  ...change,
});

export const controlMatrix = (items: readonly ControlRow[]): ControlMatrix => ({
  items: [...items],
  engines: [...new Set(items.flatMap(({ cells }) => cells.map(({ engine }) => engine)))],
  totals: { enforce: 0, warn: 0, audit: 0, none: 0 },
});

export const currentSources: SourceList = {
  items: [
    {
      kind: 'cluster',
      id: 'prod',
      name: 'prod',
      state: 'current',
      asOf: at,
      reason: null,
      detail: null,
      retryAt: null,
    },
  ],
  behind: 0,
  asOf: at,
  notice: null,
  problems: [],
};
