import { beforeAll, describe, expect, it } from 'vitest';
import type { Authority } from '#lib/model/authority.ts';
import { type Digest, digest } from '#lib/model/digest.ts';
import type { Discovery, PlaceSearched } from '#lib/model/evidence.ts';
import type { TrustData } from '#lib/model/trust-data.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  aCollection,
  aRootKey,
  type CollectionPlan,
  writeTrustData,
} from '#tests/builders/trust-data.ts';

const [registry, repository] = ['docker.io', 'library/app'];
const gun = `${registry}/${repository}`;
const now = new Date('2026-11-21T12:00:00Z');
const subject: Digest = digest(`sha256:${'ab'.repeat(32)}`);

let plan: CollectionPlan;
beforeAll(async () => {
  plan = await aCollection(gun, { v1: { digest: subject, length: 528 } });
});

const pinning = (...rootKeys: string[]): Authority => {
  const authority = {
    kind: 'content-trust',
    name: 'publisher',
    source: { kind: 'command-line' },
    images: ['docker.io/library/*'],
    rootKeys,
    delegations: [],
  } as const;
  return { ...authority, fingerprint: authorityFingerprint(authority) };
};

const ownKey = (): string => plan.rootKeys[0]?.id ?? '';

function verdictOf(
  data: TrustData,
  authorities: readonly Authority[],
  change: Partial<Discovery> & { readonly tags?: readonly string[] } = {},
): ImageVerdict {
  const { tags = [], ...rest } = change;
  const source = { place: 'content-trust', registry, repository, manifest: subject } as const;
  const evidence = {
    kind: 'content-trust',
    id: subject,
    subject: rest.subject ?? subject,
    sources: [source],
    data,
    tags,
  } as const;
  const discovery = {
    subject,
    registry,
    repository,
    subjectDescriptor: { mediaType: 'application/vnd.oci.image.index.v1+json', size: 528 },
    evidence: [evidence],
    places: [],
    complete: true,
    warnings: [],
    ...rest,
  };
  return verifyImage(discovery, prepareMaterial({ authorities, trustRoots: [] }), [], now).verdict;
}

const served = (server = 'https://notary.docker.io'): TrustData => ({
  ...writeTrustData(plan),
  server,
});

describe('trust data under a pinned root', () => {
  it('makes an image verified, with the root key as signer', () => {
    const verdict = verdictOf(served(), [pinning(ownKey())]);
    expect(verdict).toMatchObject({
      status: 'verified',
      authority: 'publisher',
      signer: { kind: 'key', algorithm: 'ecdsa-p256' },
      warnings: [],
    });
    expect(verdict.evidence[0]).toMatchObject({
      proves: 'signed',
      trustData: {
        gun,
        root: 'pinned',
        tags: [{ tag: 'v1', roles: ['targets'] }],
        retiresOn: '2026-12-08',
      },
    });
    expect(verdict.evidence[0]?.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });

  it('is never verified by anything else: other keys, other kinds of authority, none at all', async () => {
    const stranger = await aRootKey(gun);
    expect(verdictOf(served(), [pinning(stranger.id)])).toMatchObject({
      status: 'untrusted',
      reason: 'key-not-trusted',
    });
    const key: Authority = {
      kind: 'key',
      name: 'cosign',
      source: { kind: 'command-line' },
      images: ['**'],
      fingerprint: 'x',
      keys: [{ pem: plan.rootKeys[0]?.pem ?? '' }],
      tlog: 'ignored',
    };
    expect(verdictOf(served(), [key]).status).toBe('unsigned');
  });

  it('covers only the images of its authority', () => {
    const { authority } = verdictOf(served(), [
      { ...pinning(ownKey()), images: ['docker.io/acme/*'] },
    ]);
    expect(authority).toBeUndefined();
  });

  it('leaves an image unsigned that it does not name', () => {
    const other = digest(`sha256:${'cd'.repeat(32)}`);
    const verdict = verdictOf(served(), [pinning(ownKey())], { subject: other });
    expect(verdict).toMatchObject({ status: 'unsigned', reason: 'no-signature' });
    expect(verdict.evidence[0]).toMatchObject({ reason: 'tag-not-signed' });
  });

  it('refuses a manifest of another size, and a tag that names another digest', () => {
    const small = { subjectDescriptor: { mediaType: 'x', size: 527 } };
    const authorities = [pinning(ownKey())];
    expect(verdictOf(served(), authorities, small)).toMatchObject({
      status: 'invalid',
      reason: 'claim-digest',
    });
    expect(verdictOf(served(), authorities, { tags: ['v2'] }).status).toBe('unsigned');
    expect(verdictOf(served(), authorities, { tags: ['v1'] }).status).toBe('verified');
  });

  it.each([
    ['altered', 'invalid'],
    ['expired', 'invalid'],
  ])('is %s: %s', (what, status) => {
    const spoilt =
      what === 'expired'
        ? writeTrustData({ ...plan, expires: { timestamp: '2026-11-20T00:00:00Z' } })
        : {
            ...served(),
            files: served().files.map(({ role, bytes }) => ({
              role,
              bytes: role === 'snapshot' ? Buffer.concat([bytes, Buffer.from(' ')]) : bytes,
            })),
          };
    expect(verdictOf(spoilt, [pinning(ownKey())]).status).toBe(status);
  });

  it('is inconclusive when its pins cannot be read, since fewer than written would count', () => {
    expect(verdictOf(served(), [pinning('no key')])).toMatchObject({ status: 'inconclusive' });
  });
});

describe('trust data without a pinned root', () => {
  it('is told beside "unsigned", with its root key and the day on which its service ends', () => {
    const verdict = verdictOf(served(), []);
    expect(verdict).toMatchObject({ status: 'unsigned', reason: 'no-signature' });
    expect(verdict.warnings).toMatchObject([{ reason: 'legacy-trust-data' }]);
    const { detail } = verdict.warnings[0] ?? { detail: '' };
    for (const word of ['v1', plan.rootKeys[0]?.canonicalId ?? '', '2026-12-08', 'first time'])
      expect(detail).toContain(word);
    expect(verdict.evidence[0]).toMatchObject({
      status: 'untrusted',
      proves: 'nothing',
      trustData: { root: 'first-use' },
    });
  });

  it('says when its root is known from before', () => {
    const memory = {
      root: Buffer.from(served().files[0]?.bytes ?? []).toString(),
      roles: {},
      since: '2026-01-01T00:00:00Z',
    };
    const verdict = verdictOf({ ...served(), memory }, []);
    expect(verdict.evidence[0]?.trustData?.root).toBe('remembered');
  });

  it('changes no status when it is broken, and says that it is', () => {
    const broken = { ...served(), files: served().files.slice(0, 2) };
    const verdict = verdictOf(broken, []);
    expect(verdict.status).toBe('unsigned');
    expect(verdict.warnings).toMatchObject([{ reason: 'trust-data-malformed' }]);
  });

  it('is silent about images that it does not name', () => {
    const other = digest(`sha256:${'cd'.repeat(32)}`);
    expect(verdictOf(served(), [], { subject: other }).warnings).toEqual([]);
  });
});

describe('a trust server that could not be asked', () => {
  const failed = (more: Partial<PlaceSearched>): Partial<Discovery> => ({
    evidence: [],
    places: [
      {
        place: 'content-trust',
        repository: 'https://notary.example',
        outcome: 'failed',
        found: 0,
        reason: 'registry-error',
        detail: 'it answered 503',
        retryable: true,
        ...more,
      },
    ],
  });

  it('leaves an image inconclusive where its root is pinned', () => {
    expect(verdictOf(served(), [], { ...failed({}), complete: false })).toMatchObject({
      status: 'inconclusive',
      reason: 'registry-error',
    });
  });

  it('leaves it what it is where nothing there could count, and is told', () => {
    const verdict = verdictOf(served(), [], failed({ immaterial: true }));
    expect(verdict).toMatchObject({ status: 'unsigned' });
    expect(verdict.warnings).toMatchObject([{ reason: 'registry-error' }]);
  });
});
