import { beforeAll, describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import type { TrustData } from '#lib/model/trust-data.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import {
  aCollection,
  aRoleKey,
  aRootKey,
  type CollectionPlan,
  writeRoot,
  writeTrustData,
} from '#tests/builders/trust-data.ts';
import { openTrustData } from './open-trust-data.ts';

const gun = 'registry.example/team/app';
const target = { digest: `sha256:${'ab'.repeat(32)}`, length: 528 };

let plan: CollectionPlan;
beforeAll(async () => {
  plan = await aCollection(gun, { v1: target });
});

const outcome = (data: TrustData): string => {
  const opened = openTrustData(data);
  return isRefusal(opened) ? opened.reason : 'opened';
};

/** What was verified of it, as it would be remembered. */
const remembered = (data: TrustData) => {
  const opened = openTrustData(data);
  if (isRefusal(opened)) throw new Error(opened.detail);
  return { ...opened.memory, since: '2026-01-01T00:00:00Z' };
};

const roleOutcome = (data: TrustData, role: string): string => {
  const opened = openTrustData(data);
  if (isRefusal(opened)) return opened.reason;
  const one = opened.roles.get(role);
  if (one === undefined) return 'absent';
  return isRefusal(one) ? one.reason : [...one.targets.keys()].join(' ');
};

/** The same with one file changed as text; hashes that name it are left as they are. */
const spoilt = (data: TrustData, role: string, change: (text: string) => string): TrustData => ({
  ...data,
  files: data.files.map((file) =>
    file.role === role
      ? { role, bytes: Buffer.from(change(Buffer.from(file.bytes).toString())) }
      : file,
  ),
});

const resigned = (change: Partial<CollectionPlan>): TrustData =>
  writeTrustData({ ...plan, ...change });

const targetsRole = () => plan.roles['targets'] as NonNullable<CollectionPlan['roles'][string]>;

describe('trust data', () => {
  it('is not read beyond its limits, which is no verdict about it', () => {
    const long = (text: string) => text.padEnd(limits.trustDataBytes + 1);
    expect(outcome(spoilt(writeTrustData(plan), 'root', long))).toBe('limit-exceeded');
    const many = (text: string) => {
      const { signed, signatures } = JSON.parse(text);
      const all = Array(limits.trustDataKeys + 1).fill(signatures[0]);
      return JSON.stringify({ signed, signatures: all });
    };
    expect(outcome(spoilt(writeTrustData(plan), 'root', many))).toBe('trust-data-malformed');
  });

  it('opens when root, timestamp, snapshot and targets hold', () => {
    expect(outcome(writeTrustData(plan))).toBe('opened');
    expect(roleOutcome(writeTrustData(plan), 'targets')).toBe('v1');
  });

  it.each(['ecdsa', 'rsa', 'ed25519'] as const)('verifies %s keys', (kind) => {
    const roles = { targets: { ...targetsRole(), keys: [aRoleKey(kind)] } };
    const data = resigned({ roles, snapshotKey: aRoleKey(kind), timestampKey: aRoleKey(kind) });
    expect(outcome(data)).toBe('opened');
    const forged = resigned({
      roles: { targets: { ...roles.targets, signedBy: [aRoleKey(kind)] } },
    });
    expect(outcome(forged)).toBe('signature-bad');
  });

  it.each(['root', 'timestamp', 'snapshot', 'targets'])('refuses a %s that was altered', (role) => {
    const data = spoilt(writeTrustData(plan), role, (text) =>
      text.replace('"version":1', '"version":2'),
    );
    expect(outcome(data)).toMatch(/signature-bad|trust-data-mismatch/);
  });

  it('refuses a file that another one does not name by its hash, though it is signed', () => {
    const [older, newer] = [writeTrustData(plan), resigned({ versions: { snapshot: 2 } })];
    const swap = (role: string): TrustData => ({
      ...newer,
      files: newer.files.map((file) =>
        file.role === role ? (older.files.find((one) => one.role === role) ?? file) : file,
      ),
    });
    expect(outcome(swap('snapshot'))).toBe('trust-data-mismatch');
    const roles = { targets: { ...targetsRole(), version: 2 } };
    const [before, after] = [writeTrustData(plan), resigned({ roles })];
    const mixed = {
      ...after,
      files: after.files.map((file) =>
        file.role === 'targets'
          ? (before.files.find(({ role }) => role === 'targets') ?? file)
          : file,
      ),
    };
    expect(outcome(mixed)).toBe('trust-data-mismatch');
  });

  it('takes the hash for what decides, and notes a wrong length', () => {
    const notesOf = (data: TrustData) => {
      const opened = openTrustData(data);
      return isRefusal(opened) ? opened.reason : opened.notes;
    };
    expect(notesOf(writeTrustData(plan))).toEqual([]);
    expect(notesOf(resigned({ wrongLengths: true })).toString()).toContain('its hash holds');
  });

  it('counts a threshold by different keys, not by signatures', () => {
    const [one, two] = [aRoleKey(), aRoleKey()];
    const role = { ...targetsRole(), keys: [one, two], threshold: 2 };
    const signedBy = (...signers: (typeof one)[]) =>
      outcome(resigned({ roles: { targets: { ...role, signedBy: signers } } }));
    expect(signedBy(one, two)).toBe('opened');
    expect(signedBy(one)).toBe('signature-bad');
    expect(signedBy(one, one)).toBe('signature-bad');
  });

  it('refuses a key under a name that is not its own', () => {
    const own = targetsRole().keys[0]?.id ?? '';
    const data = spoilt(writeTrustData(plan), 'root', (text) =>
      text.replaceAll(own, 'f'.repeat(64)),
    );
    expect(outcome(data)).toMatch(/trust-data-malformed|signature-bad/);
  });

  it.each([
    ['is no JSON', () => '{', 'json-malformed'],
    [
      'says something twice',
      (text: string) => text.replace('{', '{"signatures":[],'),
      'json-ambiguous',
    ],
    ['is of another type', (text: string) => text.replace('"Root"', '"Targets"'), /malformed/],
    [
      'has no threshold',
      (text: string) => text.replace('"threshold":1', '"threshold":0'),
      /malformed/,
    ],
    [
      'has a fraction for a version',
      (text: string) => text.replace('"version":1', '"version":1.5'),
      /malformed/,
    ],
    [
      'is bound to expire never',
      (text: string) => text.replace(/"expires":"[^"]*"/, '"expires":"never"'),
      /malformed/,
    ],
  ])('refuses a root that %s', (_, change, reason) => {
    expect(outcome(spoilt(writeTrustData(plan), 'root', change))).toMatch(reason);
  });

  it('calls a signature method that is unknown here inconclusive, not wrong', () => {
    const data = spoilt(writeTrustData(plan), 'timestamp', (text) =>
      text.replace('"method":"ecdsa"', '"method":"ml-dsa-65"'),
    );
    expect(outcome(data)).toBe('unsupported-algorithm');
  });
});

describe('the root of trust data', () => {
  it('is not that of another collection of the same publisher', async () => {
    expect(outcome({ ...writeTrustData(plan), gun: 'registry.example/team/other' })).toBe(
      'subject-mismatch',
    );
    const wildcard = await aCollection('registry.example/team/*', { v1: target });
    expect(outcome({ ...writeTrustData(wildcard), gun })).toBe('opened');
    expect(outcome({ ...writeTrustData(wildcard), gun: 'registry.example/other' })).toBe(
      'subject-mismatch',
    );
  });

  it('has keys that come as certificates: a bare key is bound to no collection', () => {
    expect(outcome(resigned({ rootKeys: [aRoleKey()] }))).toBe('subject-mismatch');
  });

  it('needs as many of its own keys as it says', async () => {
    const [one, two] = [await aRootKey(gun), await aRootKey(gun)];
    expect(outcome(resigned({ rootKeys: [one, two], rootThreshold: 2 }))).toBe('opened');
    expect(outcome(resigned({ rootKeys: [one], rootThreshold: 2 }))).toBe('signature-bad');
  });

  it('is followed from the one known before, version by version', async () => {
    const memory = remembered(writeTrustData(plan));
    const [second, third] = [await aRootKey(gun), await aRootKey(gun)];
    const middle = {
      ...plan,
      rootKeys: [second],
      rootSignedBy: plan.rootKeys,
      versions: { root: 2 },
    };
    const newest = { ...plan, rootKeys: [third], rootSignedBy: [second], versions: { root: 3 } };
    const data = { ...writeTrustData(newest), memory };
    expect(outcome({ ...data, rootChain: [writeRoot(middle)] })).toBe('opened');
    expect(outcome(data)).toBe('trust-data-root');
    // Though the keys known before signed it: what the version between took away is not known.
    const leaping = { ...newest, rootSignedBy: plan.rootKeys };
    expect(outcome({ ...writeTrustData(leaping), memory })).toBe('trust-data-root');
    const unsigned = { ...newest, rootSignedBy: [] };
    expect(outcome({ ...writeTrustData(unsigned), memory, rootChain: [writeRoot(middle)] })).toBe(
      'trust-data-root',
    );
  });

  it('is not replaced by a stranger’s of the same or the next version', async () => {
    const memory = remembered(writeTrustData(plan));
    const rootKeys = [await aRootKey(gun)];
    for (const root of [1, 2])
      expect(outcome({ ...resigned({ rootKeys, versions: { root } }), memory })).toBe(
        'trust-data-root',
      );
  });
});

describe('N91 older trust data than was seen before', () => {
  it.each(['root', 'timestamp', 'snapshot'] as const)('is refused by its %s', (role) => {
    const newer = resigned({ versions: { [role]: 2 }, rootSignedBy: plan.rootKeys });
    const memory = remembered(newer);
    expect(outcome({ ...newer, memory })).toBe('opened');
    expect(outcome({ ...writeTrustData(plan), memory })).toBe('trust-data-rollback');
  });

  it('is refused by its targets and by a delegation', async () => {
    const delegated = (version: number) =>
      resigned({
        roles: {
          targets: { ...targetsRole(), version, delegations: ['targets/releases'] },
          'targets/releases': { keys: [releasesKey], version, targets: { v2: target } },
        },
      });
    const releasesKey = aRoleKey();
    const memory = remembered(delegated(2));
    expect(outcome({ ...delegated(1), memory })).toBe('trust-data-rollback');
    const onlyReleases = resigned({
      roles: {
        targets: { ...targetsRole(), version: 2, delegations: ['targets/releases'] },
        'targets/releases': { keys: [releasesKey], version: 1, targets: { v2: target } },
      },
    });
    expect(roleOutcome({ ...onlyReleases, memory }, 'targets/releases')).toBe(
      'trust-data-rollback',
    );
  });

  it('may begin anew where the root gave a role other keys', () => {
    const memory = remembered(resigned({ versions: { timestamp: 9 } }));
    const renewed = resigned({
      timestampKey: aRoleKey(),
      versions: { root: 2, timestamp: 1 },
      rootSignedBy: plan.rootKeys,
    });
    expect(outcome({ ...renewed, memory })).toBe('opened');
  });

  it('includes a delegation that was published and is gone', () => {
    const key = aRoleKey();
    const roles = {
      targets: { ...targetsRole(), delegations: ['targets/releases'] },
      'targets/releases': { keys: [key], targets: { v2: target } },
    };
    const memory = remembered(resigned({ roles }));
    const without = { ...resigned({ roles, unpublished: ['targets/releases'] }), memory };
    expect(roleOutcome(without, 'targets/releases')).toBe('trust-data-rollback');
  });
});
