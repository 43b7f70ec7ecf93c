import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { suggestAuthority } from './suggest-authority.ts';

const certificate = { kind: 'certificate', fingerprint: 'f'.repeat(64) } as const;

it('offers identity and issuer of a keyless signer', () => {
  const signer = { ...certificate, name: 'a"b: #c', issuer: 'https://issuer.example' };
  expect(parse(suggestAuthority('registry.example/team/app', signer))).toEqual([
    {
      name: 'registry-example-team-app',
      images: ['registry.example/team/app'],
      keyless: { identities: [{ issuer: 'https://issuer.example', subject: 'a"b: #c' }] },
    },
  ]);
});

it('offers a trust policy for a signer of Notation', () => {
  const name = String.raw`CN=release\, inc,O=acme,ST=WA,C=US`;
  const signer = { ...certificate, name, issuer: 'CN=root', evidence: 'notation' };
  expect(parse(suggestAuthority('registry.example/team/app', signer))).toMatchObject([
    {
      notation: {
        level: 'strict',
        trustStores: { ca: ['./root.crt'] },
        trustedIdentities: [`x509.subject: ${name}`],
      },
    },
  ]);
});
