import {
  admissionPolicyKinds,
  bindingKinds,
  readAdmissionPolicy,
  readBinding,
  unevaluatedParts,
} from './admission-policy/read-admission-policy.ts';
import { constraintKinds, readConstraint } from './gatekeeper/constraint.ts';
import { readConstraintTemplate, templateKinds } from './gatekeeper/constraint-template.ts';
import { configKinds, providerKinds, readConfig, readProvider } from './gatekeeper/settings.ts';
import { kubewardenKinds, readKubewarden } from './kubewarden/read-kubewarden.ts';
import { openshiftKinds, readOpenshiftPolicy } from './openshift/read-image-policy.ts';
import { portierisKinds, readPortierisPolicy } from './portieris/read-image-policy.ts';
import { executorKinds, readExecutor } from './ratify/read-executor.ts';
import { ratifyKinds, readRatify } from './ratify/read-ratify.ts';
import { readerOf } from './reader-of.ts';

/** Readers of engines other than Kyverno and policy-controller. Authorities of these are not taken over yet. */
export const engineReaders = [
  readerOf(templateKinds, 'constraint-template', readConstraintTemplate),
  readerOf(constraintKinds, 'constraint', readConstraint, ({ mode, head }) => ({
    engine: 'gatekeeper',
    mode,
    verifies: false,
    images: [],
    unevaluated: [`its rules are those of the template ${head.reference.kind.toLowerCase()}`],
  })),
  readerOf(configKinds, 'gatekeeper-config', readConfig),
  readerOf(providerKinds, 'gatekeeper-provider', readProvider),
  readerOf(ratifyKinds, 'ratify', readRatify),
  ...executorKinds.map((kinds) => readerOf(kinds, 'ratify-executor', readExecutor)),
  readerOf(admissionPolicyKinds, 'admission-policy', readAdmissionPolicy, ({ spec }) => ({
    engine: 'validating-admission-policy',
    // Its bindings decide; until one is known, it stops nothing.
    mode: 'none',
    verifies: false,
    images: [],
    unevaluated: unevaluatedParts(spec),
  })),
  readerOf(bindingKinds, 'admission-policy-binding', readBinding),
  readerOf(kubewardenKinds, 'kubewarden-policy', readKubewarden, (policy) => ({
    engine: 'kubewarden',
    mode: policy.inactive === undefined ? policy.mode : 'none',
    verifies: policy.verifies,
    images: policy.images,
    unevaluated: policy.modules.map((module) => `the module ${module}`),
  })),
  ...portierisKinds.map((kinds) =>
    readerOf(kinds, 'portieris-policy', readPortierisPolicy, ({ repositories }) => ({
      engine: 'portieris',
      mode: 'enforce',
      verifies: repositories.some(({ demands }) => demands.length > 0),
      images: repositories.map(({ name }) => name),
      unevaluated: ['which repository of all its policies fits an image best'],
    })),
  ),
  readerOf(openshiftKinds, 'openshift-policy', readOpenshiftPolicy, ({ scopes, rootOfTrust }) => ({
    engine: 'openshift',
    mode: 'enforce',
    verifies: true,
    images: scopes,
    unevaluated: [`the root of trust of type ${rootOfTrust.policyType}, which nodes check`],
  })),
] as const;
