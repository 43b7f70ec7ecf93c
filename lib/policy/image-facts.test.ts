import { beforeAll, describe, expect, it } from 'vitest';
import { attestationLayer } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { aPod, readAs } from '#tests/builders/policy.ts';
import { aDiscovery, imageName, keyAuthority, layerEvidence } from '#tests/builders/signing.ts';
import { aSigningWorld, type SigningWorld } from '#tests/builders/signing-world.ts';
import { imageFacts, type PolicyMarks } from './facts.ts';
import { defaultConfiguration } from './policy-controller/configuration.ts';
import { decidePolicyController } from './policy-controller/decide.ts';
import { policyMarks, policyMaterial } from './policy-material.ts';

const key = generateKeyPair();
const otherKey = generateKeyPair();
const byKey = { kind: 'key', key, tlog: false } as const;
const slsa = 'https://slsa.dev/provenance/v1';

let world: SigningWorld;
let keySigned: Evidence;
let otherSigned: Evidence;
let keyless: Evidence;
let attestation: Evidence;
let broken: Evidence;

beforeAll(async () => {
  world = await aSigningWorld();
  const subject = world.image.digest;
  const signed = await world.layer(byKey);
  keySigned = layerEvidence(subject, signed);
  otherSigned = layerEvidence(subject, await world.layer({ ...byKey, key: otherKey }));
  keyless = layerEvidence(subject, await world.layer());
  broken = layerEvidence(subject, { ...signed, blob: Buffer.from('{') });
  const statement = statementAbout(world.image, slsa, {});
  attestation = layerEvidence(
    subject,
    await attestationLayer(world.sigstore, statement, predicateTypes.slsaProvenance, byKey),
  );
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pemOf = (der: string): string =>
  `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;

/** The material of the signing world as a TrustRoot object has it. */
function trustRootObject() {
  const root = JSON.parse(world.root.json);
  const logs = (list: readonly { baseUrl: string; publicKey: { rawBytes: string } }[]) =>
    list.map(({ baseUrl, publicKey }) => ({
      baseURL: baseUrl,
      hashAlgorithm: 'sha-256',
      publicKey: base64(
        `-----BEGIN PUBLIC KEY-----\n${publicKey.rawBytes}\n-----END PUBLIC KEY-----\n`,
      ),
    }));
  const authorities = (
    list: readonly { uri: string; certChain: { certificates: { rawBytes: string }[] } }[] = [],
  ) =>
    list.map(({ certChain }) => ({
      subject: { organization: 'acme', commonName: 'acme' },
      uri: 'https://acme.example',
      certChain: base64(certChain.certificates.map(({ rawBytes }) => pemOf(rawBytes)).join('')),
    }));
  return {
    apiVersion: 'policy.sigstore.dev/v1alpha1',
    kind: 'TrustRoot',
    metadata: { name: 'own' },
    spec: {
      sigstoreKeys: {
        certificateAuthorities: authorities(root.certificateAuthorities),
        tLogs: logs(root.tlogs),
        ctLogs: logs(root.ctlogs),
        timestampAuthorities: authorities(root.timestampAuthorities),
      },
    },
  };
}

const aPolicy = (...authorities: readonly object[]) => ({
  apiVersion: 'policy.sigstore.dev/v1beta1',
  kind: 'ClusterImagePolicy',
  metadata: { name: 'signed' },
  spec: { images: [{ glob: `${imageName}**` }], authorities },
});
const wantsKey = (pair = key, more: object = {}) =>
  aPolicy({ key: { data: pair.publicPem }, ...more });
const ownLog = { ctlog: { url: 'https://rekor', trustRootRef: 'own' } };
const wantsIdentity = (subject: string) =>
  aPolicy({
    keyless: { identities: [{ issuer: world.identity.issuer, subject }], trustRootRef: 'own' },
    ...ownLog,
  });
const wantsProvenance = (pair = key) =>
  wantsKey(pair, { attestations: [{ name: 'built', predicateType: slsa }] });

interface Given {
  readonly evidence: readonly Evidence[];
  /** What the policies were when the evidence was judged; by default what they are now. */
  readonly before?: readonly object[];
  readonly cluster?: string;
  readonly own?: readonly ReturnType<typeof keyAuthority>[];
  readonly failed?: Parameters<typeof aDiscovery>[2];
  readonly marks?: PolicyMarks;
  readonly change?: (verdict: ImageVerdict) => ImageVerdict;
}

/** What policy-controller of `prod` says about the image, as far as our verdict lets us know. */
function decide(objects: readonly object[], given: Given) {
  const { cluster = 'prod', before = objects } = given;
  const { authorities, trustRoots } = policyMaterial(cluster, before, new Date());
  const material = prepareMaterial({
    authorities: given.own ?? [],
    policyAuthorities: authorities.map((one) => ({
      ...one,
      fingerprint: authorityFingerprint(one),
    })),
    trustRoots,
  });
  const discovery = aDiscovery(world.image.digest, given.evidence, given.failed);
  const { verdict } = verifyImage(discovery, material, [], new Date());
  const marks = given.marks ?? policyMarks('prod', objects);
  const facts = imageFacts('prod', given.change?.(verdict) ?? verdict, undefined, marks);
  const [decision] = decidePolicyController(
    objects
      .filter((one) => 'kind' in one && one.kind === 'ClusterImagePolicy')
      .map((one) => readAs('cluster-image-policy', one)),
    { cluster: 'prod', configuration: defaultConfiguration },
    aPod(`${imageName}@${world.image.digest}`),
    () => facts,
  );
  return decision?.today;
}

describe('facts of an image under policies', () => {
  it.each<[string, string, () => [readonly object[], Given]]>([
    ['the key of the policy signed', 'admit', () => [[wantsKey()], { evidence: [keySigned] }]],
    ['another key signed', 'refuse', () => [[wantsKey()], { evidence: [otherSigned] }]],
    ['both signed', 'admit', () => [[wantsKey()], { evidence: [otherSigned, keySigned] }]],
    ['nobody signed', 'refuse', () => [[wantsKey()], { evidence: [] }]],
    ['an identity signed', 'refuse', () => [[wantsKey()], { evidence: [keyless] }]],
    ['a signature is broken', 'refuse', () => [[wantsKey()], { evidence: [broken] }]],
    [
      'the key signed, and was to be logged',
      'refuse',
      () => [
        [wantsKey(key, ownLog), trustRootObject()],
        { evidence: [keySigned], own: [keyAuthority([key.publicPem])] },
      ],
    ],
    [
      'the identity signed under the TrustRoot of the cluster',
      'admit',
      () => [[wantsIdentity(world.identity.subject), trustRootObject()], { evidence: [keyless] }],
    ],
    [
      'another identity signed under it',
      'refuse',
      () => [[wantsIdentity('https://acme/else'), trustRootObject()], { evidence: [keyless] }],
    ],
    [
      'the TrustRoot is not there',
      'not-evaluated',
      () => [[wantsIdentity(world.identity.subject)], { evidence: [keyless] }],
    ],
    ['the key attested', 'admit', () => [[wantsProvenance()], { evidence: [attestation] }]],
    [
      'another key was to attest',
      'refuse',
      () => [[wantsProvenance(otherKey)], { evidence: [attestation] }],
    ],
  ])('%s: %s', (_, outcome, given) => {
    expect(decide(...given())).toBe(outcome);
  });

  it.each<[string, string, () => [readonly object[], Given]]>([
    [
      'a place could not be searched',
      'error',
      () => [[wantsKey()], { evidence: [], failed: [{ reason: 'registry-forbidden' }] }],
    ],
    [
      'a place could not be searched, and another key signed',
      'error',
      () => [[wantsKey()], { evidence: [otherSigned], failed: [{ reason: 'registry-forbidden' }] }],
    ],
    [
      'a place could not be searched, and the signature lies in another',
      'admit',
      () => [[wantsKey()], { evidence: [keySigned], failed: [{ reason: 'registry-forbidden' }] }],
    ],
    [
      'an item could not be read',
      'error',
      () => [
        [wantsKey()],
        {
          evidence: [
            {
              kind: 'unreadable',
              id: keySigned.id,
              subject: keySigned.subject,
              sources: keySigned.sources,
              reason: 'registry-timeout',
              detail: 'no answer',
              retryable: true,
            },
          ],
        },
      ],
    ],
    [
      'the verifier gave up',
      'error',
      () => [
        [wantsKey()],
        {
          evidence: [keySigned],
          change: ({ underPolicies: _, ...verdict }) => ({
            ...verdict,
            status: 'inconclusive',
            reason: 'verifier-timeout',
            evidence: [],
          }),
        },
      ],
    ],
    [
      'the policy has another key by now',
      'not-evaluated',
      () => [[wantsKey(otherKey)], { evidence: [keySigned], before: [wantsKey()] }],
    ],
    [
      'the policy had another key before',
      'not-evaluated',
      () => [[wantsKey()], { evidence: [keySigned], before: [wantsKey(otherKey)] }],
    ],
    [
      'the TrustRoot has other material by now',
      'not-evaluated',
      () => {
        const root = trustRootObject();
        const { timestampAuthorities: _, ...keys } = root.spec.sigstoreKeys;
        const policy = wantsIdentity(world.identity.subject);
        const now = [policy, { ...root, spec: { sigstoreKeys: keys } }];
        return [now, { evidence: [keyless], before: [policy, root] }];
      },
    ],
    [
      'nothing is known of the policies',
      'not-evaluated',
      () => [[wantsKey()], { evidence: [keySigned], marks: new Map() }],
    ],
    [
      'a policy of the same name tried it in another cluster',
      'not-evaluated',
      () => [[wantsKey()], { evidence: [keySigned], cluster: 'dev' }],
    ],
    [
      'the key of an attestation was not tried, and ours is another one',
      'not-evaluated',
      () => [
        [wantsProvenance()],
        { evidence: [attestation], before: [], own: [keyAuthority([otherKey.publicPem])] },
      ],
    ],
  ])('says no more than is known where %s: %s', (_, outcome, given) => {
    expect(decide(...given())).toBe(outcome);
  });

  it('are not made of an authority of ours that is called as one of a policy is', () => {
    const name = 'ClusterImagePolicy/signed/authority-0';
    const secret = aPolicy({ key: { secretRef: { name: 'cosign', namespace: 'keys' } } });
    const own = [keyAuthority([key.publicPem], { name })];
    expect(decide([secret], { evidence: [keySigned], own })).toBe('not-evaluated');
  });

  it('say why nobody looked', () => {
    expect(imageFacts('prod', undefined)).toMatchObject({
      incomplete: 'nobody looked at this image yet',
    });
    expect(imageFacts('prod', undefined, 'the tag is gone')).toEqual({
      incomplete: 'the tag is gone',
      evidence: [],
      judgedUnder: [],
    });
  });
});
