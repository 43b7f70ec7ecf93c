import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type PeerRegistry, runPeer } from './peers.ts';
import { pusher } from './push.ts';

/** Images as admission engines meet them, each `HOST/REPOSITORY@DIGEST`. */
export interface PolicyImages {
  readonly host: string;
  readonly images: Readonly<Record<ImageName, string>>;
  /** PEM of the public keys A and B. */
  readonly keys: { readonly a: string; readonly b: string };
  /** Where the signature of `elsewhere` lies. */
  readonly elsewhere: string;
}

export const imageNames = [
  'signed-a',
  'signed-b',
  'signed-both',
  'unsigned',
  'copied',
  'attested-a',
  'elsewhere',
  'bundle-a',
  'bundle-typed',
] as const;
export type ImageName = (typeof imageNames)[number];

/** A folder with `a.key` and `b.key`, in which cosign works. */
export interface Signers {
  readonly folder: string;
  readonly keys: { readonly a: string; readonly b: string };
}

/**
 * Pushes images and signs them with real cosign, without any log.
 * @param plain a registry without the referrers API, for all but the bundle
 * @param referrers one with it
 */
export async function plantImages(
  plain: PeerRegistry,
  referrers: PeerRegistry,
  { folder, keys }: Signers,
): Promise<PolicyImages> {
  const { host } = plain;
  const images = Object.fromEntries(
    await Promise.all(
      imageNames.map(async (name) => {
        const at = name === 'bundle-a' ? referrers.host : host;
        return [name, `${at}/${name}/app@${await pusher(at, `${name}/app`).image('1.0')}`];
      }),
    ),
  ) as Record<ImageName, string>;
  const elsewhere = `${host}/signatures/store`;
  sign(folder, 'a', images['signed-a']);
  sign(folder, 'b', images['signed-b']);
  sign(folder, 'a', images['signed-both']);
  sign(folder, 'b', images['signed-both']);
  sign(folder, 'a', images.elsewhere, { COSIGN_REPOSITORY: elsewhere });
  await copySignature(host, 'signed-a/app', images['signed-a'], images.copied);
  attest(folder, images['attested-a']);
  const bundled = ['--use-signing-config=false', '--new-bundle-format=true'];
  for (const name of ['bundle-a', 'bundle-typed'] as const)
    must(folder, 'cosign3', ['sign', ...bundled, ...withKey(folder, 'a'), images[name]]);
  await nameTypes(host, images['bundle-typed']);
  return { host, images, keys, elsewhere };
}

const withKey = (folder: string, key: 'a' | 'b'): readonly string[] => [
  '--yes',
  '--tlog-upload=false',
  '--allow-http-registry',
  '--key',
  path.join(folder, `${key}.key`),
];

const sign = (
  folder: string,
  key: 'a' | 'b',
  image: string,
  variables: Readonly<Record<string, string>> = {},
): void => must(folder, 'cosign2', ['sign', ...withKey(folder, key), image], variables);

function attest(folder: string, image: string): void {
  const predicate = path.join(folder, 'statement.json');
  writeFileSync(predicate, '{"made":"for comparison"}');
  const about = ['--type', 'custom', '--predicate', predicate];
  must(folder, 'cosign2', ['attest', ...about, ...withKey(folder, 'a'), image]);
}

/** Puts the signature of one image where that of another is looked for. */
async function copySignature(host: string, from: string, one: string, other: string) {
  const [source, target] = [pusher(host, from), pusher(host, 'copied/app')];
  const manifest = JSON.parse((await source.read(`${hexOf(one)}.sig`)).toString()) as {
    readonly mediaType: string;
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  };
  for (const { digest } of [manifest.config, ...manifest.layers])
    await target.blob(await source.readBlob(digest));
  await target.manifest(`${hexOf(other)}.sig`, manifest, manifest.mediaType);
}

/** Has the list of referrers name the type of the bundle, as most registries do and cosign does not. */
async function nameTypes(host: string, image: string): Promise<void> {
  const push = pusher(host, 'bundle-typed/app');
  const list = JSON.parse((await push.read(hexOf(image))).toString()) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  const artifactType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const manifests = list.manifests.map((one) => ({ ...one, artifactType }));
  await push.manifest(hexOf(image), { ...list, manifests }, push.types.index);
}

const hexOf = (image: string): string => (image.split('@')[1] ?? '').replace(':', '-');

function must(
  folder: string,
  program: 'cosign2' | 'cosign3',
  parameters: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): void {
  const { ok, text } = runPeer(program, parameters, folder, variables);
  if (!ok) throw new Error(`cosign ${parameters[0]}: ${text}`);
}
