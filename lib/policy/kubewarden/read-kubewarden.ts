import { z } from 'zod';
import type { PolicyMode, ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject, refused } from '#lib/policy/object.ts';
import { LabelSelector } from '#lib/policy/selector.ts';

const Settings = z.record(z.string(), z.unknown());
const Member = z.looseObject({ module: z.string().min(1), settings: Settings.optional() });

const Body = z.looseObject({
  spec: z.looseObject({
    mode: z.enum(['protect', 'monitor']).default('protect'),
    module: z.string().optional(),
    settings: Settings.optional(),
    policies: z.record(z.string(), Member).optional(),
    expression: z.string().optional(),
    message: z.string().optional(),
    policyServer: z.string().optional(),
    mutating: z.boolean().optional(),
    failurePolicy: z.string().optional(),
    backgroundAudit: z.boolean().optional(),
    namespaceSelector: LabelSelector.optional(),
    objectSelector: LabelSelector.optional(),
    rules: z.array(z.looseObject({})).optional(),
    matchConditions: z.array(z.looseObject({})).optional(),
    timeoutSeconds: z.number().optional(),
  }),
  status: z.looseObject({ policyStatus: z.string().optional() }).optional(),
});

/** A policy of Kubewarden: one module, or a group of modules under an expression. */
export interface KubewardenPolicy {
  readonly head: ObjectHead;
  readonly mode: PolicyMode;
  /** Why it stops nothing yet: its policy server has not loaded it. */
  readonly inactive?: string;
  readonly modules: readonly string[];
  /** True when one of the modules is the one that verifies signatures. */
  readonly verifies: boolean;
  /** Image patterns of its signatures, as written. */
  readonly images: readonly string[];
  readonly document: unknown;
}

export const kubewardenKinds = {
  group: 'policies.kubewarden.io',
  kinds: [
    'AdmissionPolicy',
    'ClusterAdmissionPolicy',
    'AdmissionPolicyGroup',
    'ClusterAdmissionPolicyGroup',
  ],
  versions: ['v1', 'v1alpha2'],
};

/** Reads an (admission or cluster admission) policy, or a group of them (policies.kubewarden.io). */
export function readKubewarden(cluster: string, document: unknown): ReadDocument<KubewardenPolicy> {
  const read = readObject(cluster, document, kubewardenKinds, Body);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const { module, settings, policies, mode } = body.spec;
  const isGroup = head.reference.kind.endsWith('Group');
  if (isGroup && Object.keys(policies ?? {}).length === 0)
    return refused('spec.policies', 'names no policy');
  if (!isGroup && !module) return refused('spec.module', 'is missing');
  const members = isGroup
    ? Object.values(policies ?? {})
    : [{ module: module ?? '', ...(settings !== undefined && { settings }) }];
  const verifying = members.filter((member) => /verify-image-signatures/.test(member.module));
  const status = body.status?.policyStatus;
  const waiting = status !== undefined && status !== 'active';
  return {
    ...read,
    value: {
      head,
      mode: mode === 'protect' ? 'enforce' : 'audit',
      ...(waiting && { inactive: `its status is ${status}, not active` }),
      modules: members.map((member) => member.module),
      verifies: verifying.length > 0,
      images: verifying.flatMap(imagesOf),
      document,
    },
  };
}

const Signatures = z.array(z.looseObject({ image: z.string() }));

const imagesOf = ({ settings }: z.infer<typeof Member>): readonly string[] => {
  const signatures = Signatures.safeParse(settings?.['signatures']);
  return signatures.success ? signatures.data.map(({ image }) => image) : [];
};
