import { z } from 'zod';
import { limits } from '#lib/model/limits.ts';
import type { PolicyMode, ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject } from '#lib/policy/object.ts';
import { LabelSelector } from '#lib/policy/selector.ts';

const Match = z.looseObject({
  source: z.string().optional(),
  kinds: z
    .array(
      z.looseObject({
        apiGroups: z.array(z.string()).optional(),
        kinds: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  scope: z.string().optional(),
  namespaces: z.array(z.string()).optional(),
  excludedNamespaces: z.array(z.string()).optional(),
  labelSelector: LabelSelector.optional(),
  namespaceSelector: LabelSelector.optional(),
  name: z.string().optional(),
});
export type ConstraintMatch = z.infer<typeof Match>;

const Scoped = z.looseObject({
  action: z.string(),
  enforcementPoints: z.array(z.looseObject({ name: z.string() })).default([]),
});

const Violation = z.looseObject({
  group: z.string().optional(),
  version: z.string().optional(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  message: z.string().default(''),
  enforcementAction: z.string().optional(),
});

const Body = z.looseObject({
  spec: z
    .looseObject({
      enforcementAction: z.string().optional(),
      scopedEnforcementActions: z.array(Scoped).optional(),
      match: Match.optional(),
      parameters: z.record(z.string(), z.unknown()).optional(),
    })
    .default({}),
  status: z
    .looseObject({
      auditTimestamp: z.string().optional(),
      totalViolations: z.number().int().min(0).optional(),
      violations: z.array(Violation).optional(),
    })
    .optional(),
});

/** What the last audit of an engine left at a constraint. */
export interface ConstraintStatus {
  /** ISO 8601, as the engine wrote it. */
  readonly auditedAt?: string;
  /** Exact, even where the list is not whole; absent before the first audit. */
  readonly total?: number;
  readonly violations: readonly z.infer<typeof Violation>[];
  /** Set where the engine kept only some of the violations: `20 of 153 kept by the engine`. */
  readonly cut?: string;
}

/** A constraint of Gatekeeper, of whatever kind its template gave it. */
export interface Constraint {
  readonly head: ObjectHead;
  /** What happens at admission; `audit` also for one that only the audit looks at. */
  readonly mode: PolicyMode;
  /** The action as written: `deny`, `dryrun`, `warn`, `scoped`, or anything else. */
  readonly action: string;
  readonly match: ConstraintMatch;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: ConstraintStatus;
  readonly document: unknown;
}

export const constraintKinds = {
  group: 'constraints.gatekeeper.sh',
  kinds: [],
  versions: ['v1beta1', 'v1alpha1'],
};

/** Reads a constraint of any kind (constraints.gatekeeper.sh). */
export function readConstraint(cluster: string, document: unknown): ReadDocument<Constraint> {
  const read = readObject(cluster, document, constraintKinds, Body);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const { enforcementAction, scopedEnforcementActions = [] } = body.spec;
  const action = enforcementAction || 'deny';
  const { match = {}, parameters = {} } = body.spec;
  const known = action === 'scoped' || Object.hasOwn(modeOf, action);
  const path = 'spec.enforcementAction';
  return {
    kind: 'read',
    ignored: [
      ...read.ignored.filter((problem) => !problem.path.startsWith('status.')),
      ...(known ? [] : [{ path, message: `${path} ${action} is no action of Gatekeeper` }]),
    ],
    value: {
      head,
      mode: action === 'scoped' ? scopedMode(scopedEnforcementActions) : actionMode(action),
      action,
      match,
      parameters,
      status: statusOf(body.status ?? {}),
      document,
    },
  };
}

const modeOf: Readonly<Record<string, PolicyMode>> = {
  deny: 'enforce',
  warn: 'warn',
  dryrun: 'audit',
};

/** An action that Gatekeeper does not know stops nothing at admission, and its audit reports all the same. */
const actionMode = (action: string): PolicyMode =>
  (Object.hasOwn(modeOf, action) ? modeOf[action] : undefined) ?? 'audit';

/** The strongest action at a point where pods are admitted; else whether the audit looks at it. */
function scopedMode(scoped: readonly z.infer<typeof Scoped>[]): PolicyMode {
  const at = (points: readonly string[]) =>
    scoped
      .filter(({ enforcementPoints }) =>
        enforcementPoints.some(({ name }) => name === '*' || points.includes(name)),
      )
      .map(({ action }) => actionMode(action.toLowerCase()));
  const admission = at(['validation.gatekeeper.sh', 'vap.k8s.io']);
  if (admission.includes('enforce')) return 'enforce';
  if (admission.includes('warn')) return 'warn';
  return admission.length > 0 || at(['audit.gatekeeper.sh']).length > 0 ? 'audit' : 'none';
}

function statusOf({
  auditTimestamp,
  totalViolations: total,
  violations = [],
}: NonNullable<z.infer<typeof Body>['status']>): ConstraintStatus {
  const kept = violations.length;
  return {
    ...(auditTimestamp !== undefined && { auditedAt: auditTimestamp }),
    ...(total !== undefined && { total }),
    violations: violations.slice(0, limits.reportResults),
    ...(total !== undefined && total > kept && { cut: `${kept} of ${total} kept by the engine` }),
  };
}
