import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { createGuardedClient, type GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { egressOf, type RegistryHostOptions } from '#lib/adapters/registry/registry-options.ts';
import {
  createRegistryReader,
  type RegistryClient,
  type RegistryReaderOptions,
} from '#lib/adapters/registry/registry-reader.ts';
import type { LabRegistry } from '#lib/lab/registry/registry-server.ts';
import type { Authority } from '#lib/model/authority.ts';
import type { Digest } from '#lib/model/digest.ts';
import { type Descriptor, mediaTypes } from '#lib/model/manifest.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import { startServer, type TestServer } from './server.ts';

export const emptyType = 'application/vnd.oci.empty.v1+json';
export const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A layer to be pushed: its bytes and the words of its descriptor. */
export interface Layer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Pushes blobs and a manifest over them; further members (`subject`, `artifactType`) as given. */
export function pushManifest(
  lab: LabRegistry,
  repository: string,
  reference: string | undefined,
  layers: readonly Layer[],
  members: object = {},
): Digest {
  const describe = ({ bytes, ...layer }: Layer): Descriptor => ({
    ...layer,
    digest: lab.putBlob(repository, bytes),
    size: bytes.length,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe({ mediaType: emptyType, bytes: Buffer.from('{}') }),
    layers: layers.map(describe),
    ...members,
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return lab.putManifest(repository, reference, mediaTypes.ociManifest, bytes);
}

/** Pushes an image whose content is its name. */
export function pushImage(lab: LabRegistry, repository: string, tag = 'v1'): Subject {
  const bytes = Buffer.from(`layer of ${repository}:${tag}`);
  const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', bytes };
  return { registry: lab.name, repository, digest: pushManifest(lab, repository, tag, [layer]) };
}

/** Someone with a key, and the authority that believes it. */
export interface Signer {
  readonly authority: Authority;
  readonly layerFor: (subject: Subject) => Layer;
}

export function aSigner(name = 'release key'): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    authority: {
      kind: 'key',
      name,
      source: { kind: 'command-line' },
      images: ['**'],
      fingerprint: name,
      keys: [{ pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }],
      tlog: 'ignored',
    },
    layerFor: (subject) => signatureLayer(subject, privateKey),
  };
}

function signatureLayer({ registry, repository, digest }: Subject, key: KeyObject): Layer {
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': `${registry}/${repository}` },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
  const signature = sign('sha256', payload, key).toString('base64');
  return {
    mediaType: mediaTypes.simpleSigning,
    bytes: payload,
    annotations: { 'dev.cosignproject.cosign/signature': signature },
  };
}

/** Attaches a legacy signature: the layer of a manifest under `sha256-<hex>.sig`. */
export const attachSignature = (lab: LabRegistry, subject: Subject, signer: Signer): Digest =>
  pushManifest(lab, subject.repository, `${subject.digest.replace(':', '-')}.sig`, [
    signer.layerFor(subject),
  ]);

/** Attaches a bundle as a referrer of the subject. */
export const attachBundle = (
  lab: LabRegistry,
  { repository, digest }: Subject,
  bytes: Uint8Array,
): Digest =>
  pushManifest(lab, repository, undefined, [{ mediaType: bundleType, bytes }], {
    artifactType: bundleType,
    subject: { mediaType: mediaTypes.ociManifest, digest, size: 1 },
  });

/** A registry reader on short deadlines with its own egress guard. */
export function openReader(
  hosts: readonly RegistryHostOptions[],
  {
    allow = [],
    ...options
  }: Partial<RegistryReaderOptions> & { readonly allow?: readonly string[] } = {},
): { readonly reader: RegistryClient; readonly http: GuardedClient } {
  const egress = egressOf(hosts);
  const http = createGuardedClient({
    allow: [...egress.allow, ...allow],
    tls: egress.tls,
    deadlines: { headersMs: 1_000, bodyMs: 2_000, slowAfterMs: 500 },
  });
  const limits = { attempts: 2, ...options.limits, backoffMs: 1, backoffMaxMs: 2 };
  return { reader: createRegistryReader({ hosts, http, ...options, limits }), http };
}

/** A server that only writes down who came with what. */
export interface Recorder extends TestServer {
  readonly seen: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
}

/** Starts a recorder that answers every request with this JSON. */
export async function startRecorder(answer: object = {}): Promise<Recorder> {
  const seen: { path: string; headers: IncomingHttpHeaders }[] = [];
  const server = await startServer((request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  return { ...server, seen };
}
