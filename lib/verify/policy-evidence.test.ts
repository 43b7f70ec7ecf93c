import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import type { Fact, VerifyAnswer } from '#lib/ports/verifier.ts';
import {
  aDiscovery,
  aTrustRoot,
  bundleEvidence,
  exactly,
  keyAuthority,
  keylessAuthority,
  layerEvidence,
} from '#tests/builders/signing.ts';
import { aSigningWorld, type SigningWorld, spoilRoot } from '#tests/builders/signing-world.ts';
import { prepareMaterial } from './prepare-material.ts';
import { verifyImage } from './verify-image.ts';

const key = generateKeyPair();
const otherKey = generateKeyPair('ed25519');
const byKey = { kind: 'key', key, tlog: false } as const;
const source = { kind: 'policy', cluster: 'prod', policy: 'signed', mark: 'one' } as const;
const ofPolicy = (label: string) => ({ name: `prod/ClusterImagePolicy/${label}/a`, source });
const believesKey = (label = 'key', options: { images?: readonly string[] } = {}): Authority =>
  keyAuthority([key.publicPem], { ...ofPolicy(label), ...options });
const believesOther = keyAuthority([otherKey.publicPem], ofPolicy('other'));

let world: SigningWorld;
let foreign: SigningWorld;
let keySigned: Evidence;
let keyless: Evidence;
let strange: Evidence;
let rootOfPolicy: TrustRoot;
let believesStranger: Authority;

beforeAll(async () => {
  [world, foreign] = await Promise.all([aSigningWorld(), aSigningWorld()]);
  const subject = world.image.digest;
  keySigned = layerEvidence(subject, await world.layer(byKey));
  keyless = bundleEvidence(subject, await world.bundle());
  strange = bundleEvidence(subject, await foreign.bundle());
  rootOfPolicy = aTrustRoot(foreign.root.json, 'TrustRoot/prod/own', { origin: 'policy' });
  believesStranger = keylessAuthority([exactly(foreign.identity)], {
    ...ofPolicy('keyless'),
    trustRoot: rootOfPolicy.name,
  });
});

interface Given {
  readonly authorities?: readonly Authority[];
  readonly policies?: readonly Authority[];
  readonly roots?: readonly TrustRoot[];
  readonly known?: readonly Fact[];
}

const verify = (evidence: readonly Evidence[], given: Given): VerifyAnswer =>
  verifyImage(
    aDiscovery(world.image.digest, evidence),
    prepareMaterial({
      authorities: given.authorities ?? [],
      trustRoots: given.roots ?? [world.root],
      ...(given.policies && { policyAuthorities: given.policies }),
    }),
    given.known ?? [],
    new Date(),
  );

const under = (evidence: readonly Evidence[], given: Given) =>
  verify(evidence, given).verdict.underPolicies;

describe('authorities of policies', () => {
  it('are no authorities of the image: what they verify is not verified', () => {
    const { verdict } = verify([keySigned], { policies: [believesKey()] });
    expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'key-unresolvable' });
    expect(verdict.authority).toBeUndefined();
    expect(verdict.signer).toBeUndefined();
    expect(verdict.underPolicies).toMatchObject({
      judgedUnder: ['prod/ClusterImagePolicy/key/a'],
      verified: [
        {
          status: 'verified',
          authority: 'prod/ClusterImagePolicy/key/a',
          under: ['prod/ClusterImagePolicy/key/a'],
          signer: { kind: 'key' },
        },
      ],
      marks: { 'prod/ClusterImagePolicy/key/a': 'one' },
    });
  });

  it('change nothing else of any verdict', () => {
    const roots = () => [world.root, rootOfPolicy];
    const policies = () => [believesKey(), believesOther, believesStranger];
    for (const authorities of [
      [],
      [world.authority],
      [keyAuthority([otherKey.publicPem])],
      [keyAuthority([otherKey.publicPem]), world.authority],
    ])
      for (const evidence of [[], [keySigned], [keyless], [strange], [strange, keySigned]]) {
        const without = verify(evidence, { authorities });
        const { verdict } = verify(evidence, { authorities, policies: policies(), roots: roots() });
        const { underPolicies, ...rest } = verdict;
        expect(underPolicies?.judgedUnder).toHaveLength(3);
        expect(rest).toEqual(without.verdict);
      }
  });

  it('lend their trust roots to no other authority, whatever its trust root is called', () => {
    const named = keylessAuthority([exactly(foreign.identity)], { trustRoot: rootOfPolicy.name });
    const { verdict } = verify([strange], { authorities: [named], roots: [rootOfPolicy] });
    expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'trustroot-missing' });
  });

  it('verify under their own trust root', () => {
    const given = { policies: [believesStranger], roots: [world.root, rootOfPolicy] };
    expect(under([strange], given)?.verified).toMatchObject([
      { authority: believesStranger.name, trustRoot: { name: rootOfPolicy.name } },
    ]);
    expect(under([keyless], given)).toMatchObject({
      judgedUnder: [believesStranger.name],
      verified: [],
    });
  });

  it('have no say about images that they do not cover', () => {
    const policies = [believesKey('elsewhere', { images: ['elsewhere.example/**'] })];
    expect(under([keySigned], { policies })).toBeUndefined();
    expect(verify([keySigned], {}).verdict).not.toHaveProperty('underPolicies');
  });

  it('of equal rules are judged once and named all', () => {
    const answer = verify([keySigned], { policies: [believesKey('one'), believesKey('two')] });
    expect(answer.signatureChecks).toBe(1);
    expect(answer.newFacts).toHaveLength(1);
    const names = ['prod/ClusterImagePolicy/one/a', 'prod/ClusterImagePolicy/two/a'];
    expect(answer.verdict.underPolicies).toMatchObject({
      judgedUnder: names,
      verified: [{ under: names }],
    });
  });
});

describe('that evidence was judged under a policy', () => {
  it('is said where nothing was found', () => {
    expect(under([], { policies: [believesKey()] })).toMatchObject({
      judgedUnder: ['prod/ClusterImagePolicy/key/a'],
      verified: [],
    });
  });

  it.each<[string, () => Authority]>([
    ['no key', () => keyAuthority([], ofPolicy('bad'))],
    [
      'a key that could not be read',
      () =>
        keyAuthority([], {
          ...ofPolicy('bad'),
          keys: [{ pem: '', reference: 'k8s://prod/a/b', problem: 'the secret is not there' }],
        }),
    ],
    ['one key of two', () => keyAuthority([otherKey.publicPem, 'no key'], ofPolicy('bad'))],
    [
      'a trust root that is not there',
      () => keylessAuthority([exactly(world.identity)], { ...ofPolicy('bad'), trustRoot: 'none' }),
    ],
  ])('is not said of one with %s, and is of its neighbour', (_, bad) => {
    const found = under([keySigned, keyless], { policies: [bad(), believesKey()] });
    expect(found?.judgedUnder).toEqual(['prod/ClusterImagePolicy/key/a']);
    expect(found?.verified).toHaveLength(1);
  });

  it('is not said where an item could be judged for the image and not under the policy', () => {
    // Nothing proves when it was signed, and this key counts for a time only.
    const policy = keyAuthority([], {
      ...ofPolicy('window'),
      keys: [{ pem: key.publicPem, validFrom: '2020-01-01T00:00:00Z' }],
    });
    const ours = keyAuthority([key.publicPem]);
    for (const authorities of [[ours], []])
      expect(under([keySigned], { authorities, policies: [policy, believesOther] })).toMatchObject({
        judgedUnder: [believesOther.name],
        verified: [],
      });
  });

  it('is not said beyond so many different rules, and that is told', () => {
    const policies = Array.from({ length: limits.policyRules + 2 }, (_, index) =>
      keyAuthority([key.publicPem], { ...ofPolicy(`n${index}`), annotations: { n: `${index}` } }),
    );
    const found = under([keySigned], { policies });
    expect(found?.judgedUnder).toHaveLength(limits.policyRules);
    expect(found?.omitted).toBe(2);
  });
});

describe('facts under policies', () => {
  const given = () => ({
    authorities: [world.authority],
    policies: [believesKey(), believesOther, believesStranger],
    roots: [world.root, rootOfPolicy],
  });

  it('are not verified again', () => {
    const first = verify([keySigned, keyless, strange], given());
    expect(first.signatureChecks).toBeGreaterThan(0);
    const again = verify([keySigned, keyless, strange], { ...given(), known: first.newFacts });
    expect(again).toEqual({ ...first, newFacts: [], signatureChecks: 0 });
  });

  it('serve an authority of the configuration with the same rules, under its own name', () => {
    const { newFacts } = verify([keySigned], { policies: [believesKey()] });
    const own = keyAuthority([key.publicPem], { name: 'ours' });
    const answer = verify([keySigned], { authorities: [own], known: newFacts });
    expect(answer).toMatchObject({
      signatureChecks: 0,
      verdict: { status: 'verified', authority: 'ours' },
    });
  });

  it('cost no signature of those that are known for the image itself', () => {
    const { authorities } = given();
    const { newFacts } = verify([keyless], { authorities });
    const same = keylessAuthority([exactly(world.identity)], ofPolicy('same'));
    const answer = verify([keyless], { authorities, policies: [same], known: newFacts });
    expect(answer.signatureChecks).toBe(0);
    expect(answer.verdict.underPolicies?.verified).toHaveLength(1);
  });
});

describe('the revision of what was used', () => {
  const revisionOf = (policies: readonly Authority[], roots?: readonly TrustRoot[]) =>
    under([], { policies, ...(roots && { roots }) })?.revision;

  it('changes with keys, trust roots, names and the text of the policy', () => {
    const changed = (mark: string): Authority => ({
      ...believesKey(),
      source: { ...source, mark },
    });
    const other = spoilRoot(rootOfPolicy, (json) => {
      json.ctlogs = [];
    });
    const revisions = [
      revisionOf([believesKey()]),
      revisionOf([believesKey('renamed')]),
      revisionOf([changed('two')]),
      revisionOf([believesOther]),
      revisionOf([believesKey(), believesOther]),
      revisionOf([believesStranger], [rootOfPolicy]),
      revisionOf([believesStranger], [{ ...other, origin: 'policy' }]),
    ];
    expect(new Set(revisions).size).toBe(revisions.length);
  });

  it('does not change with their order, nor with what covers other images', () => {
    const elsewhere = believesKey('elsewhere', { images: ['elsewhere.example/**'] });
    expect(revisionOf([believesOther, believesKey()])).toBe(
      revisionOf([believesKey(), elsewhere, believesOther]),
    );
  });
});
