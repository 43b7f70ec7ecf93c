import { describe, expect, it } from 'vitest';
import { notationLevels, readNotationPolicy } from './notation-policy.ts';

const statement = {
  name: 'release',
  registryScopes: ['registry.example/team/app'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: ['x509.subject: C=US, ST=WA, O=acme'],
};
const others = { ...statement, name: 'others', registryScopes: ['*'], trustedIdentities: ['*'] };
const policy = (...trustPolicies: readonly object[]) =>
  JSON.stringify({ version: '1.0', trustPolicies });

const problemsOf = (text: string): readonly string[] => {
  const reading = readNotationPolicy(text);
  return reading.ok ? [] : reading.problems;
};

describe('readNotationPolicy', () => {
  it('reads statements with their levels and trust stores', () => {
    expect(readNotationPolicy(policy(statement, others))).toEqual({
      ok: true,
      statements: [
        {
          name: 'release',
          registryScopes: ['registry.example/team/app'],
          level: 'strict',
          enforcement: notationLevels.strict,
          verifyTimestamp: 'always',
          trustStores: [{ type: 'ca', name: 'acme' }],
          trustedIdentities: ['x509.subject: C=US, ST=WA, O=acme'],
        },
        expect.objectContaining({ name: 'others', registryScopes: ['*'] }),
      ],
    });
  });

  it.each([
    ['strict', ['enforce', 'enforce', 'enforce', 'enforce']],
    ['permissive', ['enforce', 'log', 'log', 'log']],
    ['audit', ['log', 'log', 'log', 'log']],
    ['skip', ['skip', 'skip', 'skip', 'skip']],
  ] as const)('knows what level %s enforces', (level, actions) => {
    const { authenticity, authenticTimestamp, expiry, revocation } = notationLevels[level];
    expect([authenticity, authenticTimestamp, expiry, revocation]).toEqual(actions);
  });

  it('lets single checks be overridden', () => {
    const signatureVerification = {
      level: 'strict',
      override: { expiry: 'log', revocation: 'skip' },
      verifyTimestamp: 'afterCertExpiry',
    };
    expect(readNotationPolicy(policy({ ...statement, signatureVerification }))).toMatchObject({
      statements: [
        {
          enforcement: { ...notationLevels.strict, expiry: 'log', revocation: 'skip' },
          verifyTimestamp: 'afterCertExpiry',
        },
      ],
    });
  });

  it('takes a statement at level skip that trusts nobody', () => {
    const { trustStores: _, trustedIdentities: __, ...bare } = statement;
    const skip = { ...bare, signatureVerification: { level: 'skip' } };
    expect(readNotationPolicy(policy(skip)).ok).toBe(true);
    expect(problemsOf(policy({ ...statement, signatureVerification: { level: 'skip' } }))).toEqual([
      expect.stringContaining('trustStores: must be left out'),
      expect.stringContaining('trustedIdentities: must be left out'),
    ]);
  });

  const level = (more: object) => ({ signatureVerification: { level: 'strict', ...more } });
  it.each<[string, object, RegExp]>([
    ['no name', { name: '' }, /trustPolicies\[0\]: name: is missing/],
    ['no scope', { registryScopes: [] }, /"release": registryScopes: must name/],
    [
      'a scope with a tag',
      { registryScopes: ['registry.example/app:v1'] },
      /registryScopes: .*:v1/,
    ],
    ['a scope with a wildcard', { registryScopes: ['registry.example/*'] }, /registryScopes/],
    ['a scope without a repository', { registryScopes: ['registry.example'] }, /registryScopes/],
    ['a scope with a scheme', { registryScopes: ['https://a.example/b'] }, /registryScopes/],
    [
      'a wildcard beside a scope',
      { registryScopes: ['*', 'a.example/b'] },
      /"\*" must stand alone/,
    ],
    ['scopes that are no list', { registryScopes: '*' }, /must be a list of strings/],
    ['an unknown level', { signatureVerification: { level: 'lax' } }, /level: must be one of/],
    ['no level', { signatureVerification: {} }, /level: must be one of/],
    ['an override of integrity', level({ override: { integrity: 'log' } }), /integrity cannot/],
    ['an unknown check', level({ override: { colour: 'log' } }), /"colour" is not one of/],
    ['an unknown action', level({ override: { expiry: 'ignore' } }), /expiry must be enforce/],
    ['a skipped check', level({ override: { expiry: 'skip' } }), /expiry cannot be skipped/],
    ['another time rule', level({ verifyTimestamp: 'never' }), /verifyTimestamp: must be/],
    ['no trust store', { trustStores: [] }, /trustStores: must name/],
    ['a trust store of no type', { trustStores: ['acme'] }, /does not begin with ca:/],
    ['a trust store elsewhere', { trustStores: ['ca:../../etc'] }, /letters, digits/],
    ['a trust store above', { trustStores: ['ca:..'] }, /letters, digits/],
    ['no identity', { trustedIdentities: [] }, /trustedIdentities: must name/],
    ['an identity without a prefix', { trustedIdentities: ['C=US'] }, /has no prefix/],
  ])('N67 refuses %s, and names the field', (_, more, problem) => {
    expect(problemsOf(policy({ ...statement, ...more })).join('\n')).toMatch(problem);
  });

  const name = 'x509.subject: C=US, ST=WA, O=acme';
  it.each<[string, readonly string[], RegExp]>([
    ['without a state', ['x509.subject: C=US, O=acme'], /ST is missing/],
    ['that overlap', [name, `${name}, OU=build`], /overlaps with/],
    ['that are equal', [name, 'x509.subject: O=acme, S=WA, C=US'], /overlaps with/],
    ['beside a wildcard', ['*', name], /"\*" must stand alone/],
    ['that are two wildcards', ['*', '*'], /"\*" must stand alone/],
  ])('N67 refuses identities %s', (_, trustedIdentities, problem) => {
    expect(problemsOf(policy({ ...statement, trustedIdentities })).join('\n')).toMatch(problem);
  });

  it('N67 refuses two statements for one scope, or of one name', () => {
    expect(problemsOf(policy(others, { ...others, name: 'more' }))).toEqual([
      'trustPolicies: the scope "*" is named twice',
    ]);
    expect(problemsOf(policy(statement, { ...others, name: 'release' }))).toEqual([
      'trustPolicies: the name "release" is used twice',
    ]);
  });

  it.each([
    ['no JSON', 'version: 1.0', /not JSON/],
    ['no object', '[]', /not a JSON object/],
    ['another version', policy(statement).replace('1.0', '2.0'), /version: must be "1.0"/],
    ['no statements', policy(), /at least one statement/],
  ])('refuses %s', (_, text, problem) => {
    expect(problemsOf(text).join('\n')).toMatch(problem);
  });

  it('tells every problem at once', () => {
    expect(problemsOf(policy({}))).toHaveLength(5);
  });
});
