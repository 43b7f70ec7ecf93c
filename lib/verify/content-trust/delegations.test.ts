import { beforeAll, describe, expect, it } from 'vitest';
import type { TrustData } from '#lib/model/trust-data.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import {
  aCollection,
  aRoleKey,
  type CollectionPlan,
  type RolePlan,
  writeTrustData,
} from '#tests/builders/trust-data.ts';
import { openTrustData } from './open-trust-data.ts';

const target = { digest: `sha256:${'ab'.repeat(32)}`, length: 528 };

let plan: CollectionPlan;
beforeAll(async () => {
  plan = await aCollection('registry.example/team/app', { v1: target });
});

const outcome = (data: TrustData): string => {
  const opened = openTrustData(data);
  return isRefusal(opened) ? opened.reason : 'opened';
};

/** The tags of one role, or why it has none. */
const roleOutcome = (data: TrustData, role: string): string => {
  const opened = openTrustData(data);
  if (isRefusal(opened)) return opened.reason;
  const one = opened.roles.get(role);
  if (one === undefined) return 'absent';
  return isRefusal(one) ? one.reason : [...one.targets.keys()].join(' ');
};

const targetsRole = () => plan.roles['targets'] as RolePlan;
const resigned = (change: Partial<CollectionPlan>): TrustData =>
  writeTrustData({ ...plan, ...change });

describe('a delegation', () => {
  const keys = { releases: aRoleKey(), team: aRoleKey(), nested: aRoleKey() };
  const withRoles = (roles: CollectionPlan['roles']): TrustData =>
    resigned({
      roles: {
        targets: { ...targetsRole(), delegations: ['targets/releases', 'targets/team'] },
        'targets/releases': { keys: [keys.releases], targets: { v2: target } },
        'targets/team': { keys: [keys.team], targets: {} },
        ...roles,
      },
    });

  it('counts with the keys that its parent names', () => {
    expect(roleOutcome(withRoles({}), 'targets/releases')).toBe('v2');
    const forged = { keys: [keys.releases], signedBy: [keys.team], targets: { v2: target } };
    expect(roleOutcome(withRoles({ 'targets/releases': forged }), 'targets/releases')).toBe(
      'signature-bad',
    );
  });

  it('signs only what lies within its paths, and its child only within both', () => {
    const targets = { 'v2-a': target, 'v2-b': target, v3: target };
    const data = withRoles({
      'targets/team': {
        keys: [keys.team],
        paths: ['v2'],
        targets,
        delegations: ['targets/team/ci'],
      },
      'targets/team/ci': { keys: [keys.nested], paths: ['v2-a', 'v3'], targets },
    });
    expect(roleOutcome(data, 'targets/team')).toBe('v2-a v2-b');
    expect(roleOutcome(data, 'targets/team/ci')).toBe('v2-a');
  });

  it.each(['targets/../root', 'targets/A', 'targets//x', 'targets/releases/', 'targets/%2e'])(
    'never has the name %s',
    (name) => {
      const data = withRoles({
        targets: { ...targetsRole(), delegations: [name] },
        [name]: { keys: [keys.team], targets: { v2: target } },
      });
      expect(outcome(data)).toMatch(/malformed/);
    },
  );

  it('that is published and was not read stays unknown', () => {
    const data = withRoles({});
    const files = data.files.filter(({ role }) => role !== 'targets/releases');
    expect(roleOutcome({ ...data, files }, 'targets/releases')).toBe('discovery-incomplete');
  });
});
