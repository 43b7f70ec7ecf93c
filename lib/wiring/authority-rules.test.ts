import { expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { exactly, keyAuthority, keylessAuthority } from '#tests/builders/signing.ts';
import { checkIdentityRules } from './authority-rules.ts';

const who = exactly({ subject: 's', issuer: 'i' });

it.each([
  ['.*', 'subject: the pattern .* matches the empty text'],
  ['', 'subject: the pattern is empty'],
  ['(', 'subject: the pattern ( is not RE2'],
])('N49: refuses a configuration with the subject pattern %j', (pattern, expected) => {
  const bad = keylessAuthority([who, { ...who, subject: { kind: 'pattern', pattern } }]);
  const check = () => checkIdentityRules([bad], 'sealwatch.yaml');
  expect(check).toThrow(ConfigurationError);
  expect(check).toThrow(`sealwatch.yaml: authority "release-workflow": identities[1].${expected}`);
});

it('takes rules that can be used', () => {
  checkIdentityRules([keylessAuthority([who]), keyAuthority([])], 'sealwatch.yaml');
});
