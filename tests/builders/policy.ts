import { type Digest, digest } from '#lib/model/digest.ts';
import type { EvidenceKind } from '#lib/model/evidence.ts';
import type { EvidenceVerdict, Signer } from '#lib/model/verdict.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import type { PolicyObject } from '#lib/policy/policy-object.ts';
import { type PolicyContent, readPolicy } from '#lib/policy/read-policy.ts';

export const someDigest: Digest = digest(`sha256:${'ab'.repeat(32)}`);

/** A pod with one container, in a namespace that opted in to policy-controller. */
export const aPod = (image: string, changes: Partial<AdmittedObject> = {}): AdmittedObject => ({
  group: '',
  kind: 'Pod',
  namespace: 'shop',
  name: 'web',
  labels: {},
  namespaceLabels: { 'policy.sigstore.dev/include': 'true' },
  containers: [{ name: 'web', kind: 'main', image }],
  ...changes,
});

/** A signer whose certificate has these names. */
export const aSigner = (
  subject: string,
  issuer: string,
): Extract<Signer, { kind: 'certificate' }> => ({
  kind: 'certificate',
  subject,
  subjectType: 'uri',
  issuer,
  claims: {},
  fingerprint: 'cd'.repeat(32),
  notBefore: '2026-11-21T00:00:00Z',
  notAfter: '2026-11-21T00:10:00Z',
});

/** Evidence that was verified, logged and promised; what differs is given. */
export function aVerdict(
  signer: Signer,
  changes: Partial<EvidenceVerdict> & { readonly kind?: EvidenceKind } = {},
): EvidenceVerdict {
  const passed = (['sct', 'transparency-log', 'signature', 'identity'] as const).map(
    (id) => ({ id, outcome: 'passed', detail: 'it holds' }) as const,
  );
  return {
    evidence: someDigest,
    kind: 'cosign-signature',
    sources: [],
    proves: 'signed',
    status: 'verified',
    trustRoot: { name: 'public-good', revision: '1' },
    signer,
    times: [],
    checks: passed,
    ...changes,
  };
}

export const someFacts = (
  evidence: readonly EvidenceVerdict[],
  changes: Partial<ImageFacts> = {},
): ImageFacts => ({ digest: someDigest, evidence, judgedUnder: [], ...changes });

/** What a document of a cluster is read as; fails where it is refused, or something else. */
export function readAs<T extends PolicyContent['type']>(
  type: T,
  document: unknown,
): PolicyObject<Extract<PolicyContent, { readonly type: T }>> {
  const reading = readPolicy('prod', document);
  if (reading.kind !== 'read') throw new TypeError(JSON.stringify(reading));
  const { content, ...rest } = reading.value;
  if (content.type !== type) throw new TypeError(`it is read as ${content.type}`);
  return { ...rest, content: content as Extract<PolicyContent, { readonly type: T }> };
}
