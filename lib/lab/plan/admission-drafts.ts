import { firstPolicies, secondPolicies, thirdPolicies } from './admission-policies.ts';
import {
  firstServices,
  firstWebhooks,
  namespaceMarks,
  secondServices,
  secondWebhooks,
  thirdServices,
  thirdWebhooks,
} from './admission-webhooks.ts';
import type { PlannedAdmission } from './planned-admission.ts';

/** Admission of a cluster before exceptions and false reports are planted in it. */
export type AdmissionDraft = Omit<PlannedAdmission, 'cluster' | 'exceptions' | 'disagreements'>;
const mark = (name: string, value: string, ...namespaces: string[]) =>
  Object.fromEntries(namespaces.map((namespace) => [namespace, { [name]: value }]));

const exemptOfKyverno = { except: ['kube-system', 'kyverno'] };

const first: AdmissionDraft = {
  engines: [
    {
      engine: 'kyverno',
      version: 'v1.14.4',
      namespace: 'kyverno',
      workload: 'kyverno-admission-controller',
      asked: exemptOfKyverno,
    },
    {
      engine: 'gatekeeper',
      version: 'v3.18.2',
      namespace: 'gatekeeper-system',
      workload: 'gatekeeper-controller-manager',
      asked: { except: ['kube-system', 'gatekeeper-system', 'sandbox'] },
      ratify: true,
    },
  ],
  policies: firstPolicies,
  webhooks: firstWebhooks,
  services: firstServices,
  namespaceLabels: mark(namespaceMarks.ignore, 'true', 'sandbox'),
  reports: 'wgpolicyk8s.io',
};

const optedIn = ['payments', 'checkout', 'ingress', 'sandbox'];
const second: AdmissionDraft = {
  engines: [
    {
      engine: 'kyverno',
      version: 'v1.19.0',
      namespace: 'kyverno',
      workload: 'kyverno-admission-controller',
      asked: exemptOfKyverno,
    },
    {
      engine: 'policy-controller',
      version: 'v0.13.0',
      namespace: 'cosign-system',
      workload: 'policy-controller-webhook',
      asked: { only: optedIn },
      noMatch: 'allow',
    },
    {
      engine: 'gatekeeper',
      version: 'v3.14.0',
      namespace: 'gatekeeper-system',
      workload: 'gatekeeper-audit',
      asked: { only: [] },
    },
    { engine: 'validating-admission-policy', asked: { except: [] } },
  ],
  policies: secondPolicies,
  webhooks: secondWebhooks,
  services: secondServices,
  namespaceLabels: mark(namespaceMarks.optIn, 'true', ...optedIn),
  reports: 'openreports.io',
};

const strictlyIn = ['payments', 'identity', 'search'];
const third: AdmissionDraft = {
  engines: [
    {
      engine: 'policy-controller',
      version: 'v0.15.1',
      namespace: 'cosign-system',
      workload: 'policy-controller-webhook',
      asked: { only: strictlyIn },
      noMatch: 'warn',
    },
    {
      engine: 'portieris',
      version: 'v0.14.0',
      namespace: 'portieris',
      workload: 'portieris',
      asked: { except: ['kube-system', 'portieris'] },
    },
    {
      engine: 'connaisseur',
      version: 'v3.10.0',
      namespace: 'connaisseur',
      workload: 'connaisseur-deployment',
      asked: { only: ['shipping'] },
    },
    {
      engine: 'kubewarden',
      version: 'v1.31.0',
      namespace: 'kubewarden',
      workload: 'policy-server-default',
      asked: { only: ['notifications'] },
    },
    { engine: 'openshift', asked: { except: [] } },
  ],
  policies: thirdPolicies,
  webhooks: thirdWebhooks,
  services: thirdServices,
  namespaceLabels: {
    ...mark(namespaceMarks.optIn, 'true', ...strictlyIn),
    ...mark(namespaceMarks.connaisseur, 'validate', 'shipping'),
  },
  reports: 'none',
};

/** Of the first, the second and the third cluster; further ones have no engine. */
export const admissionDrafts: readonly AdmissionDraft[] = [first, second, third];
