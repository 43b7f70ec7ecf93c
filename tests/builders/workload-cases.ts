import type { Digest } from '#lib/model/digest.ts';
import { createFakeCluster, type FakeCluster } from '#tests/fakes/cluster.ts';
import type { FakeRegistry } from '#tests/fakes/registry.ts';
import { aBundle } from '#tests/fakes/verifier.ts';
import { aContainer, aController, aDigest, aPod } from './workload.ts';

/** An image that is signed as told (or not at all), with the reference by its digest. */
export function published(registry: FakeRegistry, name: string, bundle?: string, tag = '1.0') {
  const digest = registry.push(name, `content of ${name}`, tag);
  if (bundle !== undefined) registry.attach(name, digest, bundle);
  return { name, digest, pinned: `${name}@${digest}`, imageId: `${name}@${digest}` };
}

/** A cluster that runs one of every case, and the digest that the moved tag names now. */
export function oneOfEveryCase(registry: FakeRegistry): { cluster: FakeCluster; next: Digest } {
  const good = published(registry, 'ghcr.io/acme/good', aBundle('verified'));
  const plain = published(registry, 'ghcr.io/acme/plain');
  const forged = published(registry, 'ghcr.io/acme/forged', aBundle('invalid', 'signature-bad'));
  const other = published(
    registry,
    'ghcr.io/acme/other',
    aBundle('untrusted', 'identity-mismatch'),
  );
  const dark = published(registry, 'quay.io/dark/one', aBundle('verified'));
  registry.fail('quay.io/dark', 'registry-timeout');
  const rest = published(registry, 'ghcr.io/acme/rest', aBundle('verified'));
  const moved = published(registry, 'ghcr.io/acme/moved', aBundle('verified'));
  const next = registry.push('ghcr.io/acme/moved', 'the next content', '1.0');
  const gone = published(registry, 'ghcr.io/acme/gone', aBundle('verified'));
  registry.untag('ghcr.io/acme/gone', '1.0');
  const mirrored = published(registry, 'ghcr.io/acme/good', aBundle('verified'));

  const runs = (image: string, { imageId }: { imageId: string }, name = 'web') =>
    aContainer(image, { imageId, name });
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'torn', uid: 'uid-torn' };
  const cluster = createFakeCluster('prod', {
    pods: [
      aPod('good', [runs(good.pinned, good), runs(plain.pinned, plain, 'log')]),
      aPod('forged', [runs(forged.pinned, forged)]),
      aPod('other', [runs(other.pinned, other)]),
      aPod('dark', [runs(dark.pinned, dark)]),
      aPod('moved', [runs('ghcr.io/acme/moved:1.0', moved)]),
      aPod('gone', [runs('ghcr.io/acme/gone:1.0', gone)]),
      aPod('local', [aContainer('ghcr.io/acme/good:1.0', { imageId: aDigest('config') })]),
      aPod('waits', [aContainer(good.pinned, { imageId: '', state: 'waiting' })]),
      aPod('odd', [aContainer('Not/An/Image', { imageId: '' })]),
      aPod('torn-1', [runs('ghcr.io/acme/good:1.0', good)], { owner }),
      aPod('torn-2', [runs('ghcr.io/acme/good:1.0', { imageId: plain.imageId })], { owner }),
      aPod('mirror', [aContainer(mirrored.pinned, { imageId: mirrored.imageId })]),
    ],
    controllers: [
      aController('idle', [aContainer('ghcr.io/acme/rest:1.0', { imageId: '' })]),
      aController('pinned', [aContainer(rest.pinned, { imageId: '' })]),
    ],
  });
  return { cluster, next };
}

/** What a scan must say of each container. */
export const everyRow = [
  'dark/web inconclusive registry-timeout',
  'forged/web invalid signature-bad',
  'gone/web verified -',
  'good/log unsigned no-signature',
  'good/web verified -',
  'idle/web verified -',
  'local/web inconclusive unresolvable-local',
  'mirror/web verified -',
  'moved/web verified -',
  'odd/web inconclusive reference-malformed',
  'other/web untrusted identity-mismatch',
  'pinned/web verified -',
  // The spec names a repository that does not hold this digest.
  'torn/web inconclusive registry-not-found',
  'torn/web verified -',
  'waits/web inconclusive pending',
];

/** The findings of a scan, worst told by its severity. */
export const everyFinding = [
  'dark/web inconclusive registry-timeout medium',
  'forged/web invalid signature-bad critical',
  'gone/web tag-moved tag-gone medium',
  'gone/web tag-pinned tag-only low',
  'good/log unsigned no-signature high',
  'idle/web tag-pinned tag-only low',
  'local/web inconclusive unresolvable-local medium',
  'local/web tag-pinned tag-only low',
  'moved/web tag-moved tag-moved high',
  'moved/web tag-pinned tag-only low',
  'odd/web inconclusive reference-malformed medium',
  'other/web untrusted identity-mismatch high',
  'torn/web inconclusive registry-not-found medium',
  'torn/web replicas-differ replicas-differ medium',
  'torn/web tag-moved tag-moved medium',
  'torn/web tag-pinned tag-only low',
];
