import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { seedRoot } from '#lib/adapters/trust/trust-source.ts';
import type { Authority, TrustedKey, TrustRoot } from '#lib/model/authority.ts';
import { weaknesses } from '#lib/model/authority-findings.ts';
import { type NotationLevel, notationLevels } from '#lib/model/notation-policy.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { aRoot } from '#tests/builders/notation-pki.ts';
import { aTrustRoot, exactly, keyAuthority, keylessAuthority } from '#tests/builders/signing.ts';
import { spoilRoot } from '#tests/builders/signing-world.ts';
import { lintAuthorities } from './lint-authorities.ts';

const now = new Date('2026-11-21T12:00:00Z');
const pemOf = (key: ReturnType<typeof generateKeyPairSync>['publicKey']): string =>
  key.export({ type: 'spki', format: 'pem' }).toString();
const pem = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const otherPem = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey);

/** A root that is as of today, whatever the day of the seed. */
const publicGood: TrustRoot = { ...seedRoot('public-good'), asOf: now.toISOString() };
const github: TrustRoot = { ...seedRoot('github'), asOf: now.toISOString() };

const images = ['ghcr.io/acme/**'];
const who = exactly({ subject: 'https://ci.example/app', issuer: 'https://issuer.example' });
const keyless = (options: Partial<Extract<Authority, { kind: 'keyless' }>> = {}) =>
  keylessAuthority([who], { images, trustRoot: 'public-good', ...options });
const keyed = (
  keys: readonly TrustedKey[],
  options: Partial<Extract<Authority, { kind: 'key' }>> = {},
) =>
  keyAuthority([], {
    images,
    keys,
    tlog: 'required',
    trustRoot: 'public-good',
    ...options,
  });

const lint = (authorities: readonly Authority[], roots: readonly TrustRoot[] = [publicGood]) =>
  lintAuthorities(authorities, roots, now);
const codesOf = (...input: Parameters<typeof lint>) => lint(...input).map(({ code }) => code);

describe('authorities that are as they should be', () => {
  it('have no findings', () => {
    expect(lint([keyless(), keyed([{ pem }], { images: ['quay.io/acme/**'] })])).toEqual([]);
  });

  it('may ask for no log where their root has none', () => {
    const authority = keyless({ trustRoot: 'github', tlog: 'ignored', sct: 'ignored' });
    expect(codesOf([authority], [github])).toEqual([]);
  });
});

describe('the images of an authority', () => {
  it.each([
    ['**', 'images-everything'],
    ['*/**', 'images-everything'],
    ['**/*', 'images-everything'],
    ['*/acme/**', 'images-any-registry'],
    ['*.pkg.example/**', 'images-any-registry'],
    ['**/acme', 'images-any-registry'],
    ['nginx', 'images-never'],
    ['*', 'images-never'],
    ['docker.io/nginx', 'images-never'],
    ['index.docker.io/library/nginx', 'images-never'],
    ['ghcr.io/acme/app:*', 'images-never'],
    ['ghcr.io/acme/app@sha256:*', 'images-never'],
    ['ghcr.io/acme/*', undefined],
    ['localhost:5000/app', undefined],
    ['docker.io/library/nginx', undefined],
    ['docker.io/*', undefined],
  ])('%s: %s', (glob, code) => {
    expect(codesOf([keyless({ images: [glob] })])).toEqual(code === undefined ? [] : [code]);
  });
});

describe('the keys of an authority', () => {
  const past = '2026-01-01T00:00:00Z';
  const future = '2027-01-01T00:00:00Z';
  const current = { pem: otherPem, validFrom: past };

  it.each([
    ['an expired one beside the current', [{ pem, validUntil: past }, current], ['key-expired']],
    ['a revoked one beside the current', [{ pem, revokedFrom: past }, current], ['key-expired']],
    ['none that counts now', [{ pem, validUntil: past }], ['keys-all-expired', 'key-expired']],
    [
      'one that does not count yet, beside one without end',
      [{ pem, validFrom: future }, { pem: otherPem }],
      ['key-without-window', 'key-not-yet-valid'],
    ],
    ['one without end among those that rotate', [current, { pem }], ['key-without-window']],
    ['two of two signers', [{ pem }, { pem: otherPem }], []],
    ['one that another service holds', [{ pem: '', reference: 'awskms://x' }], []],
  ])('%s', (_, keys, expected) => {
    expect(codesOf([keyed(keys)])).toEqual(expected);
  });

  it('with dates need something that proves a time', () => {
    const keys = [{ pem, validFrom: past }];
    const unprovable = ['key-window-unprovable', 'tlog-ignored'];
    const logless = spoilRoot(publicGood, (json) => {
      json.tlogs = [];
      json.timestampAuthorities = [];
    });
    const rootless = keyAuthority([], { images, keys, tlog: 'ignored' });
    expect(codesOf([rootless])).toEqual(unprovable);
    expect(codesOf([keyed(keys)], [logless])).toContain('key-window-unprovable');
    expect(codesOf([keyed(keys, { tlog: 'ignored' })])).toEqual(['tlog-ignored']);
    const stampless = spoilRoot(publicGood, (json) => {
      json.timestampAuthorities = [];
    });
    expect(codesOf([keyed(keys)], [stampless])).not.toContain('key-window-unprovable');
    expect(codesOf([keyed(keys, { tlog: 'ignored' })], [stampless])).toContain(
      'key-window-unprovable',
    );
  });

  it.each([
    ['a short RSA key', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['another curve', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)],
    ['no key', 'no key'],
  ])('are weak when they are %s', (_, weak) => {
    expect(codesOf([keyed([{ pem: weak }])])).toEqual(['key-weak']);
  });
});

describe('what an authority does without', () => {
  it.each([
    ['the log, for a key', keyed([{ pem }], { tlog: 'ignored' }), 'tlog-ignored'],
    ['the log, for certificates', keyless({ tlog: 'ignored' }), 'tlog-ignored-keyless'],
    ['the certificate log', keyless({ sct: 'ignored' }), 'sct-ignored'],
  ])('%s', (_, authority, code) => {
    expect(codesOf([authority])).toEqual([code]);
  });
});

describe('a preset', () => {
  const preset = { kind: 'preset', name: 'x', documents: [], readOn: '2026-11-21' } as const;

  it('says what no document confirms', () => {
    const source = { ...preset, unconfirmed: ['That it is so.'] };
    expect(lint([keyless({ source })])).toMatchObject([
      { code: 'preset-unconfirmed', where: 'preset', detail: 'That it is so.' },
    ]);
    expect(codesOf([keyless({ source: { ...preset, unconfirmed: [] } })])).toEqual([]);
  });
});

describe('authorities beside each other', () => {
  const named = { name: 'lax' };
  const elsewhere = { images: ['quay.io/**'] };
  const claims = { buildTrigger: { kind: 'exact', value: 'push' } } as const;

  it.each([
    [
      'a log',
      keyed([{ pem }]),
      keyed([{ pem }], { ...named, tlog: 'ignored' }),
      'lax asks for no transparency log for images of both',
    ],
    [
      'a revocation',
      keyed([{ pem, revokedFrom: '2027-01-01T00:00:00Z' }]),
      keyed([{ pem }], named),
      'lax does not know that the key is revoked for images of both',
    ],
    [
      'an end',
      keyed([{ pem, validUntil: '2027-01-01T00:00:00Z' }]),
      keyed([{ pem }], named),
      'lax lets the key count for longer for images of both',
    ],
    [
      'a certificate log',
      keyless(),
      keyless({ ...named, sct: 'ignored' }),
      'lax asks for no certificate log for images of both',
    ],
    [
      'a claim',
      keylessAuthority([{ ...who, claims }], { images, trustRoot: 'public-good' }),
      keyless(named),
      'lax does not ask for the claim buildTrigger for images of both',
    ],
  ])('contradict when one drops %s', (_, strict, lax, detail) => {
    const found = (...both: readonly Authority[]) =>
      lint(both).filter(({ code }) => code === 'authorities-contradict');
    expect(found(strict, lax)).toMatchObject([{ about: { name: strict.name }, detail }]);
    expect(found(lax, strict)).toEqual(found(strict, lax));
    expect(found(strict, { ...lax, ...elsewhere })).toEqual([]);
  });

  it('do not contradict when they believe different trust roots', () => {
    const other = keyless({ trustRoot: 'github', tlog: 'ignored', sct: 'ignored' });
    expect(codesOf([keyless(), other], [publicGood, github])).toEqual([]);
  });

  it('do not contradict when they are about other signers', () => {
    const others = [keyed([{ pem }]), keyed([{ pem: otherPem }], { tlog: 'ignored' })];
    expect(codesOf(others)).toEqual(['tlog-ignored']);
  });
});

describe('Notation', () => {
  let ca: string;
  beforeAll(async () => {
    const notBefore = new Date('2026-01-01T00:00:00Z');
    ca = (await aRoot({ notBefore, notAfter: new Date('2027-11-21T00:00:00Z') })).pem;
  });
  const notation = (
    level: NotationLevel,
    options: Partial<Extract<Authority, { kind: 'notation' }>> = {},
  ): Authority => {
    const authority = {
      kind: 'notation',
      name: level,
      source: { kind: 'command-line' },
      images,
      level,
      enforcement: notationLevels[level],
      verifyTimestamp: 'always',
      trustedIdentities: ['x509.subject: C=US, ST=WA, O=acme'],
      scopes: ['*'],
      scopesElsewhere: [],
      trustStores: { ca: [ca], signingAuthority: [], tsa: [] },
      ...options,
    } as const;
    return { ...authority, fingerprint: authorityFingerprint(authority) };
  };

  it.each([
    ['strict', []],
    ['permissive', ['notation-revocation']],
    ['audit', ['notation-not-enforced', 'notation-revocation']],
    ['skip', ['notation-skip']],
  ] as const)('at level %s: %j', (level, expected) => {
    expect(codesOf([notation(level)])).toEqual(expected);
  });

  it('tells a store whose every certificate may sign', () => {
    expect(codesOf([notation('strict', { trustedIdentities: ['*'] })])).toEqual([
      'notation-any-identity',
    ]);
  });

  it('tells that another policy enforces less for the same store', () => {
    expect(codesOf([notation('strict'), notation('permissive')])).toContain(
      'authorities-contradict',
    );
  });

  it.each([
    ['expired', { notAfter: new Date('2026-11-20T00:00:00Z') }, 'certificate-expired'],
    ['soon expired', { notAfter: new Date('2026-12-01T00:00:00Z') }, 'certificate-expires-soon'],
    ['signed with SHA-1', { hash: 'SHA-1' }, 'certificate-weak'],
    ['of a short key', { kind: 'rsa1024' }, 'certificate-weak'],
  ] as const)('tells a certificate that is %s', async (_, options, code) => {
    const notBefore = new Date('2026-01-01T00:00:00Z');
    const notAfter = new Date('2027-11-21T00:00:00Z');
    const { pem: certificate } = await aRoot({ notBefore, notAfter, ...options });
    const trustStores = { ca: [certificate], signingAuthority: [], tsa: [] };
    expect(codesOf([notation('strict', { trustStores })])).toEqual([code]);
  });
});

describe('Docker Content Trust', () => {
  const contentTrust = (rootKeys: readonly string[]): Authority => {
    const authority = {
      kind: 'content-trust',
      name: 'legacy',
      source: { kind: 'command-line' },
      images,
      rootKeys,
      delegations: [],
    } as const;
    return { ...authority, fingerprint: authorityFingerprint(authority) };
  };

  it('ends, which whoever relies on it is told', () => {
    expect(codesOf([contentTrust(['a'.repeat(64)])])).toEqual(['content-trust-ends']);
    expect(codesOf([contentTrust([])])).toEqual([]);
  });
});

describe('a trust root', () => {
  const aged = (options: Partial<TrustRoot>) => [{ ...publicGood, ...options }];
  const stale = { since: '2026-11-01T00:00:00Z', detail: 'the mirror is away' };

  it.each([
    ['stale', aged({ origin: 'tuf', stale }), 'root-stale'],
    ['lapsed', aged({ origin: 'tuf', expiresAt: '2026-11-20T00:00:00Z' }), 'root-lapsed'],
    [
      'soon lapsed',
      aged({ origin: 'tuf', expiresAt: '2026-11-22T00:00:00Z' }),
      'root-expires-soon',
    ],
    ['of last year', aged({ asOf: '2025-11-21T00:00:00Z' }), 'root-old'],
    ['no trusted root', [aTrustRoot('{}', 'public-good')], 'root-unusable'],
  ])('that is %s', (_, roots, code) => {
    expect(codesOf([], roots)).toContain(code);
  });

  it('that TUF keeps fresh has no findings', () => {
    expect(codesOf([], aged({ origin: 'tuf', expiresAt: '2026-11-27T00:00:00Z' }))).toEqual([]);
  });

  it('that an authority names and nobody loaded is told for the authority', () => {
    expect(lint([keyless({ trustRoot: 'mine' })])).toMatchObject([
      { code: 'root-missing', about: { kind: 'authority' }, where: 'keyless.trustRoot' },
    ]);
  });

  it('whose logs have all come to their end', () => {
    const retired = spoilRoot(publicGood, (json) => {
      for (const log of json.tlogs) log.publicKey.validFor.end = '2026-01-01T00:00:00Z';
    });
    const [found] = lint([], [{ ...retired, asOf: now.toISOString() }]);
    expect(found).toMatchObject({
      code: 'root-retired',
      about: { kind: 'trust-root' },
      detail: 'none of its logs counts any more',
    });
  });

  it.each(['v0.1', 'v0.2'])('of the newer media type %s is read, with a note', (version) => {
    const newer = spoilRoot(publicGood, (json) => {
      json.mediaType = `application/vnd.dev.sigstore.trustedroot.${version}+json`;
    });
    expect(lint([], [{ ...newer, asOf: now.toISOString() }])).toMatchObject([
      { code: 'root-newer', where: 'mediaType', detail: expect.stringContaining(version) },
    ]);
  });

  it('of a private PKI is judged by its certificates', async () => {
    const root = await aRoot({
      notBefore: new Date('2025-01-01T00:00:00Z'),
      notAfter: new Date('2026-12-01T00:00:00Z'),
    });
    const json = JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [],
      ctlogs: [],
      timestampAuthorities: [],
      certificateAuthorities: [
        {
          subject: { organization: 'acme', commonName: 'acme' },
          uri: 'https://ca.example',
          certChain: { certificates: [{ rawBytes: root.der.toString('base64') }] },
          validFor: { start: '2025-01-01T00:00:00Z' },
        },
      ],
    });
    const pki: TrustRoot = {
      ...aTrustRoot(json, 'pki'),
      privatePki: true,
      asOf: '2025-01-01T00:00:00Z',
    };
    expect(codesOf([], [pki])).toEqual(['certificate-expires-soon']);
  });
});

describe('findings', () => {
  it('come gravest first', () => {
    const worst = keylessAuthority([{ ...who, subject: { kind: 'pattern', pattern: '.+' } }], {
      images: ['**'],
      trustRoot: 'public-good',
    });
    const found = lint([keyed([{ pem }], { tlog: 'ignored' }), worst]);
    expect(found.map(({ code }) => weaknesses[code].severity)).toEqual([
      'critical',
      'medium',
      'low',
    ]);
  });
});
