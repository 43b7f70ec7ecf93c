import { createHash } from 'node:crypto';
import { OperationalError } from '#lib/errors.ts';
import { digest as asDigest, type Digest, isDigest } from '#lib/model/digest.ts';
import { type ImageManifest, mediaTypes } from '#lib/model/manifest.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { FetchedManifest, RegistryReader, RegistryStatus } from '#lib/ports/registry.ts';

/** A failure that a registry is told to have, for every name that begins with `prefix`. */
interface Fault {
  readonly prefix: string;
  readonly reason: ReasonCode;
  readonly retryAt?: Date;
}

/** Registries in memory. Names are `registry/repository`. */
export interface FakeRegistry extends RegistryReader {
  /** Makes an image with this content and returns its digest; the same content, the same digest. */
  push(name: string, content: string, ...tags: string[]): Digest;
  /** Puts a bundle beside a digest; its text is what the fake verifier reads. */
  attach(name: string, subject: Digest, bundle: string): void;
  tag(name: string, tag: string, digest: Digest): void;
  untag(name: string, tag: string): void;
  fail(prefix: string, reason: ReasonCode, retryAt?: Date): void;
  heal(): void;
  /** Called before every request is answered. */
  onRequest: (name: string) => Promise<void> | void;
}

const bundleType = `${mediaTypes.bundlePrefix}.v0.3+json`;
const sha256 = (bytes: Uint8Array | string): Digest =>
  asDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);

export function createFakeRegistry(now: () => Date = () => new Date()): FakeRegistry {
  const manifests = new Map<string, FetchedManifest>();
  const blobs = new Map<string, Uint8Array>();
  const tags = new Map<string, Map<string, Digest>>();
  const referrers = new Map<string, Digest[]>();
  const statuses = new Map<string, RegistryStatus>();
  let faults: Fault[] = [];

  async function ask(registry: string, repository: string): Promise<string> {
    const name = `${registry}/${repository}`;
    await fake.onRequest(name);
    const fault = faults.find(({ prefix }) => name.startsWith(prefix));
    const before = statuses.get(registry) ?? {
      host: registry,
      insecure: false,
      requests: 0,
      failures: 0,
      rateLimited: 0,
    };
    const requests = before.requests + 1;
    if (!fault) {
      statuses.set(registry, { ...before, requests, lastSuccessAt: now() });
      return name;
    }
    const detail = `${name}: ${fault.reason}`;
    const lastFailure = { at: now(), reason: fault.reason, detail };
    statuses.set(registry, { ...before, requests, failures: before.failures + 1, lastFailure });
    throw new OperationalError(fault.reason, detail, {
      retryable: true,
      ...(fault.retryAt !== undefined && { retryAt: fault.retryAt }),
    });
  }
  function store(name: string, manifest: ImageManifest): Digest {
    const bytes = new TextEncoder().encode(JSON.stringify(manifest));
    const body = { kind: 'manifest', manifest } as const;
    const mediaType = mediaTypes.ociManifest;
    manifests.set(`${name}@${sha256(bytes)}`, { digest: sha256(bytes), mediaType, bytes, body });
    return sha256(bytes);
  }
  function blob(name: string, text: string, mediaType: string) {
    const bytes = new TextEncoder().encode(text);
    blobs.set(`${name}@${sha256(bytes)}`, bytes);
    return { mediaType, digest: sha256(bytes), size: bytes.length };
  }
  const tagsOf = (name: string): Map<string, Digest> => {
    const known = tags.get(name) ?? new Map<string, Digest>();
    tags.set(name, known);
    return known;
  };

  const fake: FakeRegistry = {
    onRequest: () => undefined,
    push(name, content, ...names) {
      const config = blob(name, content, 'application/vnd.oci.image.config.v1+json');
      const digest = store(name, { mediaType: mediaTypes.ociManifest, config, layers: [] });
      for (const tag of names) tagsOf(name).set(tag, digest);
      return digest;
    },
    attach(name, subject, bundle) {
      const digest = store(name, {
        mediaType: mediaTypes.ociManifest,
        artifactType: bundleType,
        config: blob(name, '{}', 'application/vnd.oci.empty.v1+json'),
        layers: [blob(name, bundle, bundleType)],
        subject: { mediaType: mediaTypes.ociManifest, digest: subject, size: 1 },
      });
      const key = `${name}@${subject}`;
      referrers.set(key, [...(referrers.get(key) ?? []), digest]);
    },
    tag: (name, tag, digest) => void tagsOf(name).set(tag, digest),
    untag: (name, tag) => void tagsOf(name).delete(tag),
    fail(prefix, reason, retryAt) {
      faults.push({ prefix, reason, ...(retryAt !== undefined && { retryAt }) });
    },
    heal() {
      faults = [];
    },
    async resolveTag(registry, repository, tag) {
      return tagsOf(await ask(registry, repository)).get(tag);
    },
    async manifest(registry, repository, reference) {
      const name = await ask(registry, repository);
      const digest = isDigest(reference) ? reference : tagsOf(name).get(reference);
      return digest && manifests.get(`${name}@${digest}`);
    },
    async blob(registry, repository, descriptor) {
      const bytes = blobs.get(`${await ask(registry, repository)}@${descriptor.digest}`);
      if (!bytes) throw new OperationalError('registry-not-found', `no blob ${descriptor.digest}`);
      return bytes;
    },
    async referrers(registry, repository, digest) {
      const name = await ask(registry, repository);
      const descriptors = (referrers.get(`${name}@${digest}`) ?? []).map((referrer) => ({
        mediaType: mediaTypes.ociManifest,
        digest: referrer,
        size: 1,
      }));
      return { supported: true, descriptors, truncated: false };
    },
    async tags(registry, repository) {
      return { tags: [...tagsOf(await ask(registry, repository)).keys()], complete: true };
    },
    async repositories(registry) {
      await ask(registry, '');
      return [...tags.keys()]
        .filter((name) => name.startsWith(`${registry}/`))
        .map((name) => name.slice(registry.length + 1));
    },
    status: () => [...statuses.values()],
  };
  return fake;
}
