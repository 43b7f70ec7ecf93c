import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { aRoot } from '#tests/builders/notation-pki.ts';
import { notationAuthorities } from './notation-authorities.ts';
import { UsageError } from './usage.ts';

const root = await aRoot();
const folder = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const policy = path.join(folder, 'policy.json');
const stores = path.join(folder, 'stores');
mkdirSync(path.join(stores, 'x509/ca/acme'), { recursive: true });
writeFileSync(path.join(stores, 'x509/ca/acme/root.pem'), root.pem);
const write = (trustedIdentities: readonly string[]) =>
  writeFileSync(
    policy,
    JSON.stringify({
      version: '1.0',
      trustPolicies: [
        {
          name: 'all',
          registryScopes: ['*'],
          signatureVerification: { level: 'strict' },
          trustStores: ['ca:acme'],
          trustedIdentities,
        },
      ],
    }),
  );

it('makes an authority of a policy and the folder of its trust stores', () => {
  write(['*']);
  expect(notationAuthorities({ 'notation-policy': policy, 'trust-store': stores })).toMatchObject([
    {
      kind: 'notation',
      name: 'command line',
      images: ['**'],
      trustStores: { ca: [root.pem] },
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
});

it('calls a policy that does not hold a wrong use of the command', () => {
  write(['x509.subject: C=US, O=acme']);
  const options = { 'notation-policy': policy, 'trust-store': stores };
  expect(() => notationAuthorities(options)).toThrow(UsageError);
  expect(() => notationAuthorities(options)).toThrow(/ST is missing/);
  write(['*']);
  expect(() => notationAuthorities({ 'notation-policy': policy })).toThrow(/ca:acme has no folder/);
});
