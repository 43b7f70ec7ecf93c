import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { OperationalError } from '#lib/errors.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { keyAuthority } from '#tests/builders/signing.ts';
import { resolveKeys } from './resolve-keys.ts';

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();
const referring = keyAuthority([], { keys: [{ pem: '', reference: 'hashivault://release' }] });
const plain = keyAuthority([pem]);

it('reads keys by their references, and gives the authority another fingerprint', async () => {
  const { authorities, problems } = await resolveKeys([referring, plain], {
    read: async () => pem,
  });
  expect(problems).toEqual([]);
  expect(authorities[0]).toMatchObject({ keys: [{ pem, reference: 'hashivault://release' }] });
  expect(authorities[0]?.fingerprint).not.toBe(referring.fingerprint);
  expect(authorities[1]).toBe(plain);
});

it('leaves a key unread that cannot be had, says why, and claims nothing under it', async () => {
  const read = () => Promise.reject(new OperationalError('key-unresolvable', 'Vault is sealed'));
  const { authorities, problems } = await resolveKeys([referring], { read });
  expect(problems).toMatchObject([{ reason: 'key-unresolvable', detail: 'Vault is sealed' }]);
  const [prepared] = prepareMaterial({ authorities, trustRoots: [] }).authorities;
  expect(prepared?.problem).toMatchObject({
    status: 'inconclusive',
    reason: 'key-unresolvable',
    detail: 'Vault is sealed',
  });
});

it('tries again the next time', async () => {
  const failing = () => Promise.reject(new OperationalError('key-unresolvable', 'later'));
  const { authorities } = await resolveKeys([referring], { read: failing });
  const again = await resolveKeys(authorities, { read: async () => pem });
  expect(again.authorities[0]).toMatchObject({ keys: [{ pem }] });
});
