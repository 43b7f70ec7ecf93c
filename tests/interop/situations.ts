import path from 'node:path';
import { type PeerRegistry, type Program, runPeer } from './peers.ts';
import { pusher } from './push.ts';

/** How an image is signed. */
export interface Method {
  readonly name: string;
  readonly cosign: Program;
  readonly bundle: boolean;
}

export const methods: readonly Method[] = [
  { name: 'v2 .sig', cosign: 'cosign2', bundle: false },
  { name: 'v3 .sig', cosign: 'cosign3', bundle: false },
  { name: 'v3 bundle', cosign: 'cosign3', bundle: true },
];

/** An image as the situation left it, and the public key with which it is verified. */
export interface Planted {
  readonly image: string;
  readonly key: string;
}

/** What a situation works with. */
export interface Bench {
  readonly registry: PeerRegistry;
  readonly method: Method;
  /** Key pair names; `NAME.key` and `NAME.pub` lie in `folder`. */
  readonly own: string;
  readonly other: string;
  readonly folder: string;
}

type Situation = (bench: Bench) => Promise<Planted>;
const repository = 'team/app';

/** Signs a digest with one of the key pairs. */
function sign(bench: Bench, digest: string, key: string): void {
  const { cosign, bundle } = bench.method;
  const v3 =
    cosign === 'cosign3' ? ['--use-signing-config=false', `--new-bundle-format=${bundle}`] : [];
  const { ok, text } = runPeer(
    cosign,
    [
      'sign',
      '--yes',
      '--tlog-upload=false',
      '--allow-http-registry',
      ...v3,
      '--key',
      path.join(bench.folder, `${key}.key`),
      `${bench.registry.host}/${repository}@${digest}`,
    ],
    bench.folder,
  );
  if (!ok) throw new Error(`cosign sign: ${text}`);
}

const named = (bench: Bench, digest: string, key = bench.own): Planted => ({
  image: `${bench.registry.host}/${repository}@${digest}`,
  key: path.join(bench.folder, `${key}.pub`),
});
const registryOf = (bench: Bench) => pusher(bench.registry.host, repository);

interface Layer {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  readonly annotations?: Record<string, string>;
}
interface Manifest {
  readonly mediaType: string;
  readonly layers: Layer[];
  readonly subject?: { digest: string; size: number; mediaType: string };
}

/** The manifest that carries the signature of a digest, wherever this method put it. */
async function signatureOf(bench: Bench, digest: string): Promise<Manifest> {
  const push = registryOf(bench);
  const hex = digest.replace(':', '-');
  if (!bench.method.bundle) return JSON.parse((await push.read(`${hex}.sig`)).toString());
  const answer = bench.registry.referrersApi
    ? await (
        await fetch(`http://${bench.registry.host}/v2/${repository}/referrers/${digest}`)
      ).text()
    : (await push.read(hex)).toString();
  const [first] = (JSON.parse(answer) as { manifests: { digest: string }[] }).manifests;
  return JSON.parse((await push.read(first?.digest ?? '')).toString());
}

/** Puts a changed signature manifest beside a digest. */
async function attach(bench: Bench, digest: string, manifest: Manifest): Promise<void> {
  const push = registryOf(bench);
  const hex = digest.replace(':', '-');
  if (!bench.method.bundle) {
    await push.manifest(`${hex}.sig`, manifest, manifest.mediaType);
    return;
  }
  const size = (await push.read(digest)).length;
  const body = { ...manifest, subject: { mediaType: push.types.manifest, digest, size } };
  const put = await push.manifest(undefined, body, manifest.mediaType);
  if (bench.registry.referrersApi) return;
  const index = { schemaVersion: 2, mediaType: push.types.index, manifests: [put] };
  await push.manifest(hex, index, push.types.index);
}

/** The same manifest with its first layer's bytes and annotations changed. */
async function changed(
  bench: Bench,
  manifest: Manifest,
  bytes: (text: string) => string,
  annotations: (value: Record<string, string>) => Record<string, string> = (value) => value,
): Promise<Manifest> {
  const push = registryOf(bench);
  const [layer, ...rest] = manifest.layers;
  if (layer === undefined) throw new Error('the signature has no layer');
  const text = (await push.readBlob(layer.digest)).toString();
  const put = await push.blob(Buffer.from(bytes(text)));
  const first = { ...layer, ...put, annotations: annotations(layer.annotations ?? {}) };
  return { ...manifest, layers: [first, ...rest] };
}

const flip = (base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
};

/** A bundle with something else in its envelope. */
const inEnvelope = (change: (envelope: Envelope) => Envelope) => (text: string) => {
  const bundle = JSON.parse(text) as { dsseEnvelope: Envelope };
  return JSON.stringify({ ...bundle, dsseEnvelope: change(bundle.dsseEnvelope) });
};
interface Envelope {
  readonly payload: string;
  readonly signatures: { sig: string }[];
}

const signed = async (bench: Bench, keys: readonly string[] = [bench.own]): Promise<string> => {
  const digest = await registryOf(bench).image(undefined);
  for (const key of keys) sign(bench, digest, key);
  return digest;
};

/** Every situation in which both sides must say the same. */
export const situations: Record<string, Situation> = {
  'signed by the key': async (bench) => named(bench, await signed(bench)),

  'signed by another key': async (bench) => named(bench, await signed(bench, [bench.other])),

  'signed by both keys': async (bench) =>
    named(bench, await signed(bench, [bench.other, bench.own])),

  'signature copied from another image': async (bench) => {
    const victim = await registryOf(bench).image(undefined);
    await attach(bench, victim, await signatureOf(bench, await signed(bench)));
    return named(bench, victim);
  },

  'payload rewritten for this image': async (bench) => {
    const from = await signed(bench);
    const victim = await registryOf(bench).image(undefined);
    const rewrite = (text: string) => text.replaceAll(from.slice(7), victim.slice(7));
    const bytes = bench.method.bundle
      ? inEnvelope((envelope) => ({
          ...envelope,
          payload: Buffer.from(
            rewrite(Buffer.from(envelope.payload, 'base64').toString()),
          ).toString('base64'),
        }))
      : rewrite;
    await attach(bench, victim, await changed(bench, await signatureOf(bench, from), bytes));
    return named(bench, victim);
  },

  'one bit of the signature flipped': async (bench) => {
    const digest = await signed(bench);
    const manifest = await signatureOf(bench, digest);
    const bytes = bench.method.bundle
      ? inEnvelope((envelope) => ({
          ...envelope,
          signatures: envelope.signatures.map((one) => ({ ...one, sig: flip(one.sig) })),
        }))
      : (text: string) => text;
    const annotation = 'dev.cosignproject.cosign/signature';
    const broken = await changed(bench, manifest, bytes, (all) =>
      annotation in all ? { ...all, [annotation]: flip(all[annotation] ?? '') } : all,
    );
    const victim = bench.method.bundle ? await registryOf(bench).image(undefined) : digest;
    await attach(bench, victim, broken);
    return named(bench, victim);
  },

  'index signed, index verified': async (bench) => {
    const { digest } = await registryOf(bench).index('multi');
    sign(bench, digest, bench.own);
    return named(bench, digest);
  },

  'index signed, child verified': async (bench) => {
    const { digest, children } = await registryOf(bench).index('multi');
    sign(bench, digest, bench.own);
    return named(bench, children[0] ?? '');
  },
};

/** Situations that do not depend on how one signs. */
export const plainSituations: Record<string, Situation> = {
  unsigned: async (bench) => named(bench, await registryOf(bench).image(undefined)),

  'attestation only (.att)': async (bench) => {
    const digest = await registryOf(bench).image(undefined);
    const { ok, text } = runPeer(
      'cosign2',
      [
        'attest',
        '--yes',
        '--tlog-upload=false',
        '--allow-http-registry',
        '--type',
        'custom',
        '--predicate',
        path.join(bench.folder, 'predicate.json'),
        '--key',
        path.join(bench.folder, `${bench.own}.key`),
        `${bench.registry.host}/${repository}@${digest}`,
      ],
      bench.folder,
    );
    if (!ok) throw new Error(`cosign attest: ${text}`);
    return named(bench, digest);
  },

  'junk under the signature tag': async (bench) => {
    const push = registryOf(bench);
    const digest = await push.image(undefined);
    const junk = await push.image(undefined);
    const copy = JSON.parse((await push.read(junk)).toString()) as Manifest;
    await push.manifest(`${digest.replace(':', '-')}.sig`, copy, push.types.manifest);
    return named(bench, digest);
  },
};
