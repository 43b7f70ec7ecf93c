import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import type { RegistryClient } from '#lib/adapters/registry/registry-reader.ts';
import type { RegistryFault } from '#lib/lab/registry/registry-faults.ts';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import { type Discovery, repositoryPlaces } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import { discoverEvidence } from '#lib/resolve/discover-evidence.ts';
import { resolveReference } from '#lib/resolve/resolve-reference.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  aSigner,
  attachBundle,
  attachSignature,
  openReader,
  pushImage,
  pushManifest,
  type Recorder,
  type Signer,
  startRecorder,
} from './builders/registry.ts';

const user = { username: 'robot', password: 'secret' };
const bad = 'team/bad';

let lab: LabRegistry;
let recorder: Recorder;
let signer: Signer;
let reader: RegistryClient;
let http: GuardedClient;
let subjects: { readonly good: readonly Subject[]; readonly bad: Subject };

beforeEach(async () => {
  signer = aSigner();
  recorder = await startRecorder({ token: 'from-a-stranger' });
  lab = await startLabRegistry({
    name: 'registry.example',
    referrersApi: true,
    auth: 'token',
    users: [user],
    privateRepositories: [bad, 'team/private'],
  });
  const good = ['team/one', 'team/two', 'team/private'].map((name) => pushImage(lab, name));
  subjects = { good, bad: pushImage(lab, bad) };
  for (const subject of [...good, subjects.bad]) attachSignature(lab, subject, signer);
  ({ reader, http } = openReader([
    { host: lab.name, endpoint: lab.url, credentials: { ...user, label: 'test' } },
  ]));
});

afterEach(async () => {
  await Promise.all([http.close(), lab.close(), recorder.close()]);
});

const judge = (discovery: Discovery): ImageVerdict =>
  verifyImage(
    discovery,
    prepareMaterial({ authorities: [signer.authority], trustRoots: [] }),
    [],
    new Date(),
  ).verdict;

/** Looks at the whole fleet at once and expects that the good images have not noticed anything. */
async function scan(): Promise<{ readonly discovery: Discovery; readonly verdict: ImageVerdict }> {
  const [discovery, ...others] = await Promise.all(
    [subjects.bad, ...subjects.good].map((subject) => discoverEvidence(reader, subject)),
  );
  expect(others.map((other) => judge(other).status)).toEqual(['verified', 'verified', 'verified']);
  expect(recorder.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  return { discovery: discovery!, verdict: judge(discovery!) };
}

describe('a registry that fails for a whole repository', () => {
  it('is no obstacle while it works', async () => {
    expect((await scan()).verdict.status).toBe('verified');
  });

  it.each<[string, RegistryFault, ReasonCode]>([
    ['N84: 401', { kind: 'unauthorized' }, 'registry-unauthorized'],
    ['N84: 403', { kind: 'forbidden' }, 'registry-forbidden'],
    ['N84: 404 on a private repository', { kind: 'hidden' }, 'registry-not-found'],
    ['N85: 429', { kind: 'rate-limited', retryAfter: '120' }, 'registry-ratelimited'],
    ['N85: 500', { kind: 'broken' }, 'registry-error'],
    ['connection reset', { kind: 'reset' }, 'registry-unreachable'],
    ['N85: no answer at all', { kind: 'silent' }, 'registry-timeout'],
    ['N80: one byte now and then', { kind: 'slow-body', everyMs: 100 }, 'registry-timeout'],
    ['N80: an endless body', { kind: 'endless-body' }, 'limit-exceeded'],
    ['N80: a gzip bomb', { kind: 'gzip-bomb' }, 'registry-protocol'],
    ['N16: other bytes than the digest names', { kind: 'wrong-digest' }, 'blob-digest'],
    [
      'N17: a media type that contradicts the body',
      { kind: 'wrong-media-type', mediaType: mediaTypes.ociIndex },
      'manifest-ambiguous',
    ],
    [
      'a media type that is no manifest',
      { kind: 'wrong-media-type', mediaType: 'text/html' },
      'registry-protocol',
    ],
    [
      'N82: a token service at the cloud metadata address',
      { kind: 'realm', url: 'http://169.254.169.254/token' },
      'token-realm-blocked',
    ],
    [
      'N83: a redirect to a private address',
      { kind: 'redirect', to: 'http://10.0.0.1/v2/' },
      'registry-redirect-blocked',
    ],
  ])('%s: nothing is claimed, and the reason is told', async (_, fault, reason) => {
    lab.setFault({ repository: bad }, fault);
    const { discovery, verdict } = await scan();
    expect(verdict).toMatchObject({ status: 'inconclusive', reason });
    expect(discovery).toMatchObject({ complete: false, evidence: [] });
    expect(discovery.places.map(({ place, outcome }) => [place, outcome])).toEqual(
      repositoryPlaces.map((place) => [place, 'failed']),
    );
  });

  it('says when a rate limit wants to be asked again', async () => {
    lab.setFault({ repository: bad }, { kind: 'rate-limited', retryAfter: '120' });
    const before = Date.now();
    const { verdict } = await scan();
    const seconds = (Date.parse(verdict.retryAt ?? '') - before) / 1000;
    expect(seconds).toBeGreaterThan(119);
    expect(seconds).toBeLessThan(125);
    expect(reader.status()[0]?.rateLimited).toBeGreaterThan(0);
  });

  it('waits in place for a short Retry-After', async () => {
    lab.setFault({ repository: bad, path: /manifests/ }, { kind: 'rate-limited', retryAfter: '1' });
    setTimeout(() => lab.setFault({ repository: bad, path: /manifests/ }, undefined), 300);
    expect((await scan()).verdict.status).toBe('verified');
  });

  it('N17: refuses a manifest that is an image and an index at once', async () => {
    const manifest = await reader.manifest(lab.name, bad, subjects.bad.digest);
    const json = JSON.parse(Buffer.from(manifest!.bytes).toString('utf8'));
    const both = Buffer.from(JSON.stringify({ ...json, manifests: [] }));
    const digest = lab.putManifest(bad, undefined, mediaTypes.ociManifest, both);
    subjects = { ...subjects, bad: { ...subjects.bad, digest } };
    attachSignature(lab, subjects.bad, signer);
    const { verdict } = await scan();
    expect(verdict.status).not.toBe('verified');
    expect(verdict.reason).toBe('manifest-ambiguous');
  });
});

describe('a tag that moves', () => {
  it('N16: is resolved once: what is judged is the digest that it named then', async () => {
    const tagged = pushImage(lab, bad, 'v1');
    attachSignature(lab, tagged, signer);
    const reference = { registry: lab.name, repository: bad, tag: 'v1' };
    const resolved = await resolveReference(reader, reference);
    const other = {
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      bytes: Buffer.from('of another build'),
    };
    expect(pushManifest(lab, bad, 'v1', [other])).not.toBe(tagged.digest);
    lab.resetRequests();
    const digest = resolved.state === 'digest' ? resolved.digest : undefined;
    expect(digest).toBe(tagged.digest);
    const discovery = await discoverEvidence(reader, { ...tagged, digest: digest! });
    expect(judge(discovery)).toMatchObject({ status: 'verified', digest: tagged.digest });
    expect(lab.requests.filter(({ path }) => path.endsWith('/v1'))).toEqual([]);
  });
});

describe('a registry that fails for the evidence alone', () => {
  const signatureTag = /manifests\/sha256-[a-f0-9]+\.sig$/;

  it.each<[string, RegistryFault, ReasonCode]>([
    ['N85: 500', { kind: 'broken' }, 'registry-error'],
    ['N85: 429', { kind: 'rate-limited', retryAfter: '600' }, 'registry-ratelimited'],
    ['N85: silence', { kind: 'silent' }, 'registry-timeout'],
    ['N84: 403', { kind: 'forbidden' }, 'registry-forbidden'],
  ])('%s on the signature tag is never "unsigned"', async (_, fault, reason) => {
    lab.setFault({ repository: bad, path: signatureTag }, fault);
    const { discovery, verdict } = await scan();
    expect(verdict).toMatchObject({ status: 'inconclusive', retryable: true });
    expect(discovery.places.find(({ place }) => place === 'signature-tag')).toMatchObject({
      outcome: 'failed',
      reason,
    });
    expect(discovery.places.filter(({ outcome }) => outcome === 'searched')).toHaveLength(3);
  });

  it.each<[string, RegistryFault, ReasonCode]>([
    ['500', { kind: 'broken' }, 'registry-error'],
    ['other bytes', { kind: 'wrong-digest' }, 'blob-digest'],
    ['endless', { kind: 'endless-body' }, 'limit-exceeded'],
  ])('a payload that is %s becomes unreadable, not absent', async (_, fault, reason) => {
    lab.setFault({ repository: bad, path: /blobs/ }, fault);
    const { discovery, verdict } = await scan();
    expect(discovery.evidence).toMatchObject([{ kind: 'unreadable', reason }]);
    expect(['inconclusive', 'invalid']).toContain(verdict.status);
  });

  it('keeps a good signature beside a bundle that cannot be read', async () => {
    const bundle = attachBundle(lab, subjects.bad, Buffer.from('{"poison":true}'));
    lab.setFault({ repository: bad, path: new RegExp(bundle) }, { kind: 'broken' });
    const { discovery, verdict } = await scan();
    expect(discovery.evidence.map(({ kind }) => kind).sort()).toEqual([
      'cosign-signature',
      'unreadable',
    ]);
    expect(verdict.status).toBe('verified');
  });
});

describe('a referrers API that leads astray', () => {
  const referrers = { repository: bad, path: /\/referrers\// };

  it('N81: reads only so many of 10,000 referrers and says that there are more', async () => {
    lab.setFault(referrers, { kind: 'many-referrers', count: 10_000 });
    const { discovery, verdict } = await scan();
    expect(discovery.places[0]).toMatchObject({ outcome: 'failed', reason: 'limit-exceeded' });
    expect(discovery.evidence.length).toBe(limits.referrers + 1);
    expect(verdict.status).toBe('verified');
  });

  it('N81: leaves a loop of pages and keeps what the first one held', async () => {
    attachBundle(lab, subjects.bad, Buffer.from('{}'));
    lab.setFault(referrers, { kind: 'link-loop' });
    const { discovery, verdict } = await scan();
    expect(discovery.places[0]).toMatchObject({ outcome: 'failed', reason: 'registry-protocol' });
    expect(discovery.evidence.map(({ kind }) => kind)).toContain('sigstore-bundle');
    expect(verdict.status).toBe('verified');
  });

  it.each<[string, () => RegistryFault]>([
    ['N86: a page for people', () => ({ kind: 'html-referrers' })],
    [
      'N86: a redirect to another host',
      () => ({ kind: 'redirect-referrers', to: `${recorder.url}/x` }),
    ],
  ])('takes %s for a registry without the API', async (_, fault) => {
    lab.setFault(referrers, fault());
    const { discovery, verdict } = await scan();
    expect(discovery.places[0]?.outcome).toBe('unsupported');
    expect(verdict.status).toBe('verified');
    expect(recorder.seen).toEqual([]);
  });

  it('N86: does not say "unsigned" when neither the API nor the fallback tag could be read', async () => {
    lab.setFault(referrers, { kind: 'html-referrers' });
    const fallback = { repository: bad, path: /manifests\/sha256-[a-f0-9]+(?:\.sig)?$/ };
    lab.setFault(fallback, { kind: 'broken' });
    const { discovery, verdict } = await scan();
    expect(discovery.complete).toBe(false);
    expect(verdict.status).toBe('inconclusive');
  });
});

describe('credentials', () => {
  it('N82: are not sent to a token service of another host that may be asked', async () => {
    await http.close();
    ({ reader, http } = openReader(
      [{ host: lab.name, endpoint: lab.url, credentials: { ...user, label: 'test' } }],
      { allow: [recorder.host] },
    ));
    lab.setFault({ repository: bad }, { kind: 'realm', url: `${recorder.url}/token` });
    const { verdict } = await scan();
    expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'token-realm-blocked' });
    expect(recorder.seen.length).toBeGreaterThan(0);
    expect(recorder.seen[0]?.headers.authorization).toBeUndefined();
    expect(recorder.seen[0]?.path).not.toContain('secret');
  });

  it('N82: nor is a token service asked at all at an address that nobody allowed', async () => {
    lab.setFault({ repository: bad }, { kind: 'realm', url: `${recorder.url}/token` });
    const { verdict } = await scan();
    expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'token-realm-blocked' });
    expect(recorder.seen).toEqual([]);
  });

  it('are sent to a foreign token service that the operator named', async () => {
    await http.close();
    ({ reader, http } = openReader([
      {
        host: lab.name,
        endpoint: lab.url,
        tokenRealms: [recorder.host],
        credentials: { ...user, label: 'test' },
      },
    ]));
    lab.setFault({ repository: bad }, { kind: 'realm', url: `${recorder.url}/token` });
    await discoverEvidence(reader, subjects.bad);
    expect(recorder.seen[0]?.headers.authorization).toMatch(/^Basic /);
  });

  it('N83: do not follow a redirect to another host', async () => {
    await http.close();
    ({ reader, http } = openReader(
      [{ host: lab.name, endpoint: lab.url, credentials: { ...user, label: 'test' } }],
      { allow: [recorder.host] },
    ));
    lab.setFault({ repository: bad, path: /blobs/ }, { kind: 'redirect', to: `${recorder.url}/b` });
    const { discovery } = await scan();
    expect(recorder.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(discovery.evidence).toMatchObject([{ kind: 'unreadable', reason: 'blob-digest' }]);
  });
});

describe('memory', () => {
  it.each<[string, RegistryFault]>([
    ['N80: endless bodies', { kind: 'endless-body' }],
    ['N80: gzip bombs', { kind: 'gzip-bomb' }],
  ])('stays bounded under %s', async (_, fault) => {
    lab.setFault({ repository: bad }, fault);
    await scan();
    const used = (): number => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = used();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, used());
    }, 5);
    for (let round = 0; round < 5; round += 1)
      await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          reader.manifest(lab.name, bad, `tag-${round}-${index}`).catch(() => undefined),
        ),
      );
    clearInterval(timer);
    // Eight bodies at a time, each read no further than the cap of a manifest, and garbage.
    expect(peak - before).toBeLessThan(limits.manifestBytes * 8 * 4);
  });
});
