import { expect, it } from 'vitest';
import type { IdentityRule } from '#lib/model/authority.ts';
import { keyAuthority, keylessAuthority } from '#tests/builders/signing.ts';
import { authorityRow } from './authority-row.ts';

const identity: IdentityRule = {
  subject: { kind: 'pattern', pattern: 'https://ci\\.example/.+' },
  subjectKind: 'uri',
  issuer: { kind: 'exact', value: 'https://issuer.example' },
  claims: { buildTrigger: { kind: 'exact', value: 'push' } },
};

it('shows an identity whole, with all that it asks for', () => {
  const authority = keylessAuthority([identity], {
    annotations: { env: 'prod' },
    attestations: [{ predicateType: 'https://slsa.dev/provenance/v1' }],
  });
  expect(authorityRow(authority, 7)).toMatchObject({
    trusts: [
      'uri /https://ci\\.example/.+/ issued by https://issuer.example, where buildTrigger push',
    ],
    demands: [
      'transparency log required',
      'certificate log required',
      'annotation env=prod',
      'attestation https://slsa.dev/provenance/v1',
    ],
    source: 'command-line',
    preset: null,
    verifiedImages: 7,
  });
});

it('shows keys by number or place, with the time in which they count', () => {
  const keys = [
    { pem: 'k', validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-06-01T00:00:00Z' },
    { pem: '', reference: 'awskms://alias/x', revokedFrom: '2026-07-01T00:00:00Z' },
  ];
  expect(authorityRow(keyAuthority([], { keys }), 0).trusts).toEqual([
    'public key 1 from 2026-01-01T00:00:00Z until 2026-06-01T00:00:00Z',
    'awskms://alias/x revoked from 2026-07-01T00:00:00Z',
  ]);
});

it('shows where the facts of a preset come from, and whether all are confirmed', () => {
  const source = {
    kind: 'preset',
    name: 'distroless',
    documents: ['https://docs.example/'],
    readOn: '2026-11-21',
    unconfirmed: ['That it is so.'],
  } as const;
  expect(authorityRow(keylessAuthority([identity], { source }), 0).preset).toEqual({
    name: 'distroless',
    documents: ['https://docs.example/'],
    readOn: '2026-11-21',
    confirmed: false,
    unconfirmed: ['That it is so.'],
  });
});
