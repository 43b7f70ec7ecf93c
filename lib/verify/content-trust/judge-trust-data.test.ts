import { beforeAll, describe, expect, it } from 'vitest';
import { type Digest, digest } from '#lib/model/digest.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import {
  aCollection,
  aRoleKey,
  aRootKey,
  type CollectionPlan,
  type RolePlan,
  writeTrustData,
} from '#tests/builders/trust-data.ts';
import { judgeTrustData, type TrustDataQuestion } from './judge-trust-data.ts';
import { openTrustData } from './open-trust-data.ts';
import { compileRootKeys } from './root-key-pin.ts';

const gun = 'registry.example/team/app';
const now = new Date('2026-11-21T12:00:00Z');
const ours: Digest = digest(`sha256:${'ab'.repeat(32)}`);
const target = { digest: ours, length: 528 };
const other = { digest: `sha256:${'cd'.repeat(32)}`, length: 528 };

let plan: CollectionPlan;
beforeAll(async () => {
  plan = await aCollection(gun, { v1: target, v2: other });
});

const judge = (collection: CollectionPlan, question: Partial<TrustDataQuestion> = {}) => {
  const opened = openTrustData(writeTrustData(collection));
  if (isRefusal(opened)) throw new Error(opened.detail);
  return judgeTrustData(opened, { digest: ours, tags: [], delegations: [], now, ...question });
};

const outcome = (...asked: Parameters<typeof judge>): string => {
  const { refusal, signedTags } = judge(...asked);
  return refusal ? `${refusal.status} ${refusal.reason}` : signedTags.join(' ');
};

const withDelegations = (delegations: Readonly<Record<string, RolePlan>>): CollectionPlan => ({
  ...plan,
  roles: {
    ...plan.roles,
    targets: { ...(plan.roles['targets'] as RolePlan), delegations: Object.keys(delegations) },
    ...delegations,
  },
});

const role = (targets: RolePlan['targets'] = {}, more: Partial<RolePlan> = {}): RolePlan => ({
  keys: [aRoleKey()],
  targets,
  ...more,
});

describe('a digest in trust data', () => {
  it('is signed under any tag that names it, when none was asked for', () => {
    expect(outcome(plan)).toBe('v1');
    expect(outcome(plan, { digest: digest(`sha256:${'ef'.repeat(32)}`) })).toBe(
      'untrusted tag-not-signed',
    );
  });

  it('must be the one that the tag names, when a tag was asked for', () => {
    expect(outcome(plan, { tags: ['v1'] })).toBe('v1');
    expect(outcome(plan, { tags: ['v2'] })).toBe('invalid claim-digest');
    expect(outcome(plan, { tags: ['v1', 'v2'] })).toBe('invalid claim-digest');
    expect(outcome(plan, { tags: ['v3'] })).toBe('untrusted tag-not-signed');
  });

  it('must have the length that is named', () => {
    expect(outcome(plan, { size: 528 })).toBe('v1');
    expect(outcome(plan, { size: 529 })).toBe('invalid claim-digest');
  });
});

describe('a delegation', () => {
  it('that was published is asked before targets, and instead of it', () => {
    const published = withDelegations({ 'targets/releases': role({ r1: target }) });
    expect(outcome(published)).toBe('r1');
    const silent = withDelegations({ 'targets/releases': role() });
    expect(outcome(silent)).toBe('untrusted role-not-trusted');
    expect(outcome(silent, { tags: ['v1'] })).toBe('untrusted role-not-trusted');
  });

  it('that was never published leaves targets in its place', () => {
    const unpublished = withDelegations({ 'targets/releases': role({ r1: target }) });
    expect(outcome({ ...unpublished, unpublished: ['targets/releases'] })).toBe('v1');
  });

  it('that is demanded is never fallen back from', () => {
    const demanded = { delegations: ['targets/ci'] };
    expect(outcome(plan, demanded)).toBe('untrusted role-not-trusted');
    const empty = withDelegations({ 'targets/ci': role() });
    expect(outcome(empty, { ...demanded, tags: ['v1'] })).toBe('untrusted role-not-trusted');
    expect(outcome(withDelegations({ 'targets/ci': role({ v1: target }) }), demanded)).toBe('v1');
  });

  it('whose signature or time does not hold is no reason to ask targets instead', () => {
    const forged = role({ v1: target }, { signedBy: [aRoleKey()] });
    expect(outcome(withDelegations({ 'targets/releases': forged }))).toBe('invalid signature-bad');
    const lapsed = role({ v1: target }, { expires: '2026-11-21T11:59:59Z' });
    expect(outcome(withDelegations({ 'targets/releases': lapsed }))).toBe(
      'invalid trust-data-expired',
    );
  });

  it('must agree with every other one that is demanded', () => {
    const demanded = { delegations: ['targets/one', 'targets/two'] };
    const both = (two: RolePlan['targets']) =>
      withDelegations({ 'targets/one': role({ v1: target }), 'targets/two': role(two) });
    expect(outcome(both({ v1: target }), demanded)).toBe('v1');
    expect(outcome(both({ v1: other }), demanded)).toBe('invalid claim-digest');
    expect(outcome(both({}), demanded)).toBe('untrusted role-not-trusted');
  });

  it('may be targets itself, when that is what is demanded', () => {
    const published = withDelegations({ 'targets/releases': role() });
    expect(outcome(published, { delegations: ['targets'] })).toBe('v1');
  });
});

describe('time', () => {
  it.each(['root', 'timestamp', 'snapshot'] as const)('N91 refuses an expired %s', (name) => {
    const expired = { ...plan, expires: { [name]: '2026-11-21T11:59:59Z' } };
    expect(outcome(expired)).toBe('invalid trust-data-expired');
  });

  it('refuses expired targets, also beneath a delegation that holds', () => {
    const roles = {
      targets: { ...(plan.roles['targets'] as RolePlan), expires: '2026-01-01T00:00:00Z' },
    };
    expect(outcome({ ...plan, roles })).toBe('invalid trust-data-expired');
    const nested = withDelegations({ 'targets/releases': role({ v1: target }) });
    const beneath = {
      ...nested,
      roles: {
        ...nested.roles,
        targets: { ...(nested.roles['targets'] as RolePlan), expires: '2026-01-01T00:00:00Z' },
      },
    };
    expect(outcome(beneath)).toBe('invalid trust-data-expired');
  });

  it('refuses a root key whose certificate is over', async () => {
    const rootKeys = [await aRootKey(gun, { until: new Date('2026-11-20') })];
    expect(outcome({ ...plan, rootKeys })).toBe('invalid trust-data-expired');
  });

  it('says when the first of all roles lapses', () => {
    const soon = { ...plan, expires: { timestamp: '2026-12-01T00:00:00Z' } };
    expect(new Date(judge(soon).expires).toISOString()).toBe('2026-12-01T00:00:00.000Z');
  });
});

describe('a pinned root key', () => {
  const pinning = (...pins: string[]) => {
    const isPinned = compileRootKeys(pins);
    if (isRefusal(isPinned)) throw new Error(isPinned.detail);
    return { isPinned };
  };

  it('is told by identifier of certificate or key, or by the key', () => {
    const [own] = plan.rootKeys;
    for (const pin of [own?.id ?? '', own?.canonicalId ?? '', own?.pem ?? ''])
      expect(outcome(plan, pinning(pin))).toBe('v1');
  });

  it('N53 is not another publisher’s', async () => {
    const stranger = await aRootKey(gun);
    expect(outcome(plan, pinning(stranger.pem, stranger.id))).toBe('untrusted key-not-trusted');
  });

  it('must be as many as the root asks for', async () => {
    const rootKeys = [await aRootKey(gun), await aRootKey(gun)];
    const both = { ...plan, rootKeys, rootThreshold: 2 };
    expect(outcome(both, pinning(rootKeys[0]?.id ?? ''))).toBe('untrusted key-not-trusted');
    expect(outcome(both, pinning(...rootKeys.map(({ id }) => id)))).toBe('v1');
  });

  it.each([[[]], [['no key']], [['AB'.repeat(32)]]])('is never %j', (pins) => {
    expect(isRefusal(compileRootKeys(pins))).toBe(true);
  });
});
