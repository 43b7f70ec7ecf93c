import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { worstOf } from '#lib/policy/finding.ts';
import { defaultKyvernoConfiguration } from '#lib/policy/kyverno/configuration.ts';
import { decideImagePolicies } from '#lib/policy/kyverno/decide-image-policies.ts';
import { aPod, aSigner, aVerdict, readAs, someDigest, someFacts } from './policy.ts';

export const issuer = 'https://token.actions.githubusercontent.com';
export const subject = 'https://github.com/acme/shop/release.yaml@refs/heads/main';
export const signer = aSigner(subject, issuer);
export const signed = someFacts([aVerdict(signer)]);
export const unsigned = someFacts([]);
export const identity = { issuer, subjectRegExp: '^https://github.com/acme/' };
/** An attestor of cosign that believes one identity. */
export const attestor = (one: object = identity, more: object = {}) => ({
  name: 'a',
  cosign: { keyless: { identities: [one] }, ...more },
});

/** The validation that the documentation of Kyverno shows. */
export const verified =
  'images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)';
/** An ImageValidatingPolicy that wants images of GHCR signed; what differs is given. */
export const aPolicy = (spec: object = {}, kind = 'ImageValidatingPolicy', namespace?: string) =>
  readAs('image-validating-policy', {
    apiVersion: 'policies.kyverno.io/v1',
    kind,
    metadata: { name: 'signed', ...(namespace !== undefined && { namespace }) },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      matchImageReferences: [{ glob: 'ghcr.io/*' }],
      attestors: [attestor()],
      validations: [{ expression: verified }],
      ...spec,
    },
  });
export const image = `ghcr.io/a/b@${someDigest}`;
/** What a policy says to a pod, with facts by declared image. */
export const decide = (
  policy: ReturnType<typeof aPolicy>,
  pod: AdmittedObject = aPod(image),
  facts: Record<string, ReturnType<typeof someFacts> | undefined> = { [image]: signed },
  version?: string,
) =>
  decideImagePolicies(
    [policy],
    [],
    {
      cluster: 'prod',
      configuration: defaultKyvernoConfiguration,
      ...(version !== undefined && { version }),
    },
    pod,
    (one) => facts[one],
  );
/** The worst of what it says today; undefined where it says nothing. */
export const today = (...args: Parameters<typeof decide>) =>
  worstOf(decide(...args).map((one) => one.today));
/** The policy with one validation of its own. */
export const validating = (expression: string, more: object = {}) =>
  aPolicy({ validations: [{ expression }], ...more });
