import { createHash } from 'node:crypto';
import { type Digest, digest } from '#lib/model/digest.ts';
import { type Descriptor, ImageIndex, ImageManifest, mediaTypes } from '#lib/model/manifest.ts';

/** A manifest as pushed: the bytes and the type under which they are served. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

type Maybe<T> = T | undefined | Promise<T | undefined>;

/** Content that is made when it is asked for, so that a large lab need not hold it. */
export interface LazyContent {
  manifest(
    repository: string,
    reference: string,
  ): Maybe<{
    readonly mediaType: string;
    readonly bytes: Uint8Array;
  }>;
  blob(repository: string, digest: string): Maybe<Uint8Array>;
  referrers?(repository: string, digest: string): Maybe<readonly Descriptor[]>;
  tags?(repository: string): Maybe<readonly string[]>;
  repositories?(): Maybe<readonly string[]>;
}

interface Repository {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, Digest>;
  readonly referrers: Map<string, Descriptor[]>;
}

/** What a registry holds, by repository. */
export interface RegistryStorage {
  putBlob(repository: string, bytes: Uint8Array): Digest;
  /** @param reference a tag; absent or a digest stores it under its digest alone */
  putManifest(
    repository: string,
    reference: string | undefined,
    mediaType: string,
    bytes: Uint8Array,
  ): Digest;
  deleteTag(repository: string, tag: string): void;
  manifest(repository: string, reference: string): Promise<StoredManifest | undefined>;
  blob(repository: string, digest: string): Promise<Uint8Array | undefined>;
  referrers(repository: string, digest: string): Promise<readonly Descriptor[]>;
  tags(repository: string): Promise<readonly string[] | undefined>;
  repositories(): Promise<readonly string[]>;
}

/** SHA-256 of bytes as a digest. */
export const digestOf = (bytes: Uint8Array): Digest =>
  digest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);

/**
 * An in-memory store that keeps referrers as a registry does: behind the API, or, where it has none,
 * in the index under `sha256-<hex>` that the pushing client would maintain.
 */
export function createStorage(referrersApi: boolean, lazy?: LazyContent): RegistryStorage {
  const repositories = new Map<string, Repository>();
  const open = (name: string): Repository => {
    const known = repositories.get(name);
    if (known !== undefined) return known;
    const made = { blobs: new Map(), manifests: new Map(), tags: new Map(), referrers: new Map() };
    repositories.set(name, made);
    return made;
  };

  const storage: RegistryStorage = {
    putBlob(repository, bytes) {
      const key = digestOf(bytes);
      open(repository).blobs.set(key, bytes);
      return key;
    },
    putManifest(repository, reference, mediaType, bytes) {
      const key = digestOf(bytes);
      const held = open(repository);
      held.manifests.set(key, { digest: key, mediaType, bytes });
      if (reference !== undefined && !reference.includes(':')) held.tags.set(reference, key);
      const referrer = referrerOf(key, mediaType, bytes);
      if (referrer !== undefined) addReferrer(storage, held, repository, referrer, referrersApi);
      return key;
    },
    deleteTag(repository, tag) {
      open(repository).tags.delete(tag);
    },
    async manifest(repository, reference) {
      const held = repositories.get(repository);
      const known = held?.manifests.get(held.tags.get(reference) ?? reference);
      if (known !== undefined) return known;
      const made = await lazy?.manifest(repository, reference);
      return made && { ...made, digest: digestOf(made.bytes) };
    },
    blob: async (repository, key) =>
      repositories.get(repository)?.blobs.get(key) ?? (await lazy?.blob(repository, key)),
    referrers: async (repository, key) => [
      ...(repositories.get(repository)?.referrers.get(key) ?? []),
      ...((await lazy?.referrers?.(repository, key)) ?? []),
    ],
    async tags(repository) {
      const held = repositories.get(repository)?.tags;
      const made = await lazy?.tags?.(repository);
      if (held === undefined && made === undefined) return undefined;
      return [...new Set([...(held?.keys() ?? []), ...(made ?? [])])].sort();
    },
    repositories: async () =>
      [...new Set([...repositories.keys(), ...((await lazy?.repositories?.()) ?? [])])].sort(),
  };
  return storage;
}

interface Referrer {
  readonly subject: string;
  readonly descriptor: Descriptor;
}

function referrerOf(key: Digest, mediaType: string, bytes: Uint8Array): Referrer | undefined {
  const manifest = ImageManifest.or(ImageIndex).safeParse(parse(bytes)).data;
  const subject = manifest?.subject?.digest;
  if (manifest === undefined || subject === undefined) return undefined;
  const artifactType =
    manifest.artifactType ?? ('config' in manifest ? manifest.config.mediaType : undefined);
  return {
    subject,
    descriptor: {
      mediaType,
      digest: key,
      size: bytes.length,
      ...(artifactType !== undefined && { artifactType }),
      ...(manifest.annotations && { annotations: manifest.annotations }),
    },
  };
}

function addReferrer(
  storage: RegistryStorage,
  held: Repository,
  repository: string,
  { subject, descriptor }: Referrer,
  referrersApi: boolean,
): void {
  const known = held.referrers.get(subject) ?? [];
  if (known.some(({ digest: listed }) => listed === descriptor.digest)) return;
  const listed = [...known, descriptor];
  held.referrers.set(subject, listed);
  if (referrersApi) return;
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: listed };
  const bytes = Buffer.from(JSON.stringify(index));
  storage.putManifest(repository, subject.replace(':', '-'), mediaTypes.ociIndex, bytes);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
