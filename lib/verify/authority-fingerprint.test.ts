import { expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import type { Authority } from '#lib/model/authority.ts';
import { exactly, keyAuthority, keylessAuthority } from '#tests/builders/signing.ts';
import { authorityFingerprint } from './authority-fingerprint.ts';

const { publicPem } = generateKeyPair();
const who = exactly({ subject: 'release', issuer: 'https://issuer.example' });
const key = keyAuthority([publicPem]);
const keyless = keylessAuthority([who]);
const marked = (authority: Authority) => authorityFingerprint(authority);

it.each<[string, Authority]>([
  ['another key', keyAuthority([generateKeyPair().publicPem])],
  ['one more key', keyAuthority([publicPem, generateKeyPair().publicPem])],
  ['a hash', keyAuthority([], { keys: [{ pem: publicPem, hash: 'sha384' }] })],
  ['a start', keyAuthority([], { keys: [{ pem: publicPem, validFrom: '2026-01-01T00:00:00Z' }] })],
  ['an end', keyAuthority([], { keys: [{ pem: publicPem, validUntil: '2026-01-01T00:00:00Z' }] })],
  ['a log', keyAuthority([publicPem], { tlog: 'required' })],
  ['a trust root', keyAuthority([publicPem], { trustRoot: 'private' })],
  ['an annotation', keyAuthority([publicPem], { annotations: { env: 'prod' } })],
])('changes with %s of a key authority', (_, other) => {
  expect(marked(other)).not.toBe(marked(key));
});

it.each<[string, Authority]>([
  ['another subject', keylessAuthority([{ ...who, subject: { kind: 'exact', value: 'x' } }])],
  [
    'a pattern of the same text',
    keylessAuthority([{ ...who, subject: { kind: 'pattern', pattern: 'release' } }]),
  ],
  ['another issuer', keylessAuthority([{ ...who, issuer: { kind: 'exact', value: 'x' } }])],
  ['another trust root', keylessAuthority([who], { trustRoot: 'other' })],
  [
    'a claim',
    keylessAuthority([{ ...who, claims: { buildTrigger: { kind: 'exact', value: 'push' } } }]),
  ],
  ['no log', keylessAuthority([who], { tlog: 'ignored' })],
  ['no certificate log', keylessAuthority([who], { sct: 'ignored' })],
])('changes with %s of a keyless authority', (_, other) => {
  expect(marked(other)).not.toBe(marked(keyless));
});

it('stays with name, source, images and the line ends of a key', () => {
  const same = keyAuthority([publicPem.replaceAll('\n', '\r\n')], {
    name: 'other',
    images: ['x/**'],
    source: { kind: 'command-line' },
  });
  expect(marked(same)).toBe(marked(key));
});
