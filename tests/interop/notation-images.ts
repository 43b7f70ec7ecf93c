// The images of the comparison with notation: who signs, with what, and where it lies.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { anEnvelope, type Target } from '#tests/builders/notation.ts';
import {
  aRoot,
  aSelfSigned,
  type Certified,
  type NotationKeyKind,
} from '#tests/builders/notation-pki.ts';
import { aCrl, anOcspAnswer } from '#tests/builders/revocation.ts';
import { aTimestampSigner } from '#tests/builders/timestamp-token.ts';
import {
  type Cast,
  type Format,
  type PolicyChange,
  type RevocationCase,
  revocable,
  revocationCases,
  writtenCases,
} from './notation-cases.ts';
import { type PeerRegistry, runPeer } from './peers.ts';
import { pusher } from './push.ts';

export const repository = 'team/app';

/** Where images are planted. */
export interface Bench {
  readonly folder: string;
  readonly cast: Cast;
  readonly registry: PeerRegistry;
}

/** An image as it lies in the registry, and how it is to be judged. */
export interface Planted extends PolicyChange {
  readonly format: Format | '–';
  readonly situation: string;
  readonly target: Target;
  readonly stricter?: string;
}

/** Publishes an answer about revocation below a path. */
export type Publish = (place: string, bytes: Buffer) => void;

/** Everybody who signs, their roots in the trust stores below the folder. */
export async function castIn(folder: string, revocation: string): Promise<Cast> {
  const root = await aRoot();
  const stranger = await aRoot({ subject: 'C=US,ST=WA,O=stranger,CN=root' });
  const time = await aRoot({ subject: 'C=US,ST=WA,O=acme,CN=time root' });
  const clock = await aTimestampSigner(time);
  const strangeClock = await aTimestampSigner(await aRoot({ subject: 'C=US,ST=WA,O=x,CN=time' }));
  trust(folder, 'ca/acme', 'root', root);
  trust(folder, 'ca/other', 'root', await aRoot({ subject: 'C=US,ST=WA,O=other,CN=root' }));
  trust(folder, 'signingAuthority/acme', 'root', root);
  trust(folder, 'tsa/time', 'root', time);
  return { root, stranger, clock, strangeClock, revocation };
}

function trust(folder: string, store: string, name: string, { pem }: Certified): void {
  const place = path.join(folder, 'notation/truststore/x509', store);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, `${name}.crt`), pem);
}

/** Signs and attaches all images of one registry. */
export async function plantAll(bench: Bench, publish: Publish): Promise<readonly Planted[]> {
  const planted: Planted[] = [await unsigned(bench)];
  for (const format of ['jws', 'cose'] as const) {
    planted.push(...(await signedByNotation(bench, format)));
    // What these are about does not depend on the registry: each format in one of them is enough.
    if ((format === 'jws') !== bench.registry.referrersApi) continue;
    for (const { envelope, name, ...rest } of writtenCases) {
      const target = await newImage(bench);
      await attach(bench, target, await envelope(bench.cast, target, format), format);
      planted.push({ ...rest, format, situation: name, target });
    }
    for (const name of revocationCases) {
      const target = await newImage(bench);
      const place = `/${format}/${name}`;
      const signer = await revocable(bench.cast, name, place);
      await attach(bench, target, await anEnvelope(signer, { format, target }), format);
      answerAbout(publish, place, name, bench.cast.root, signer);
      planted.push({ format, situation: name, target });
    }
  }
  return planted;
}

async function newImage({ registry }: Bench): Promise<Target> {
  const push = pusher(registry.host, repository);
  const digest = await push.image(undefined);
  return { mediaType: push.types.manifest, digest, size: (await push.read(digest)).length };
}

const unsigned = async (bench: Bench): Promise<Planted> => ({
  format: '–',
  situation: 'unsigned',
  target: await newImage(bench),
});

const kinds: readonly NotationKeyKind[] = ['rsa2048', 'rsa3072', 'rsa4096', 'p256', 'p384', 'p521'];

async function signedByNotation(bench: Bench, format: Format): Promise<readonly Planted[]> {
  const { cast, folder } = bench;
  const planted: Planted[] = [];
  const plant = async (
    situation: string,
    signer: Certified,
    options: readonly string[] = [],
    change: PolicyChange = {},
  ) => {
    const target = await newImage(bench);
    sign(bench, format, target, signer, options);
    planted.push({ ...change, format, situation, target });
    return target;
  };
  for (const kind of kinds) await plant(`signed with ${kind}`, await cast.root.issue({ kind }));
  const own = await aSelfSigned();
  trust(folder, 'ca/acme', `own-${format}-${bench.registry.name}`, own);
  await plant('self-signed', own);
  const below = await cast.stranger.issue({ ca: true, subject: 'C=US,ST=WA,O=b,CN=issuing' });
  trust(folder, 'ca/acme', `below-${format}-${bench.registry.name}`, below);
  await plant('trusted by an intermediate', await below.issue());
  const signer = await cast.root.issue();
  await plant('with metadata', signer, ['--user-metadata', 'build=7']);
  await plant('with an end', signer, ['--expiry', '24h']);
  await plant('by a stranger', await cast.stranger.issue());
  await plant('other store', signer, [], { trustStores: ['ca:other'] });
  await plant('no such store', signer, [], { trustStores: ['ca:absent'] });
  const identity = (name: string) => ({ trustedIdentities: [`x509.subject: ${name}`] });
  await plant('trusted identity', signer, [], identity('C=US, ST=WA, O=acme'));
  await plant('identity in another order', signer, [], identity('O=acme, OU=build, S=WA, C=US'));
  await plant('other identity', signer, [], identity('C=US, ST=WA, O=acme, OU=other'));
  await plant('identity without a state', signer, [], identity('C=US, O=acme'));
  const mail = 'C=US,ST=WA,O=acme,1.2.840.113549.1.9.1=a@acme.example';
  const odd = await cast.root.issue({ subject: mail });
  await plant('subject with e-mail', odd, [], identity('C=US, ST=WA, O=acme'));
  await plant('subject with e-mail, anyone', odd);
  const twice = await cast.root.issue({ subject: 'C=US,ST=WA,O=acme,O=other' });
  await plant('subject with two organisations', twice, [], identity('C=US, ST=WA, O=acme'));
  await plant('other scope', signer, [], { registryScopes: ['registry.example/other'] });
  await plant('own scope', signer, [], {
    registryScopes: [`${bench.registry.host}/${repository}`],
  });
  await plant('scope with a tag', signer, [], { registryScopes: ['registry.example/app:v1'] });

  const good = await plant('good beside bad', signer);
  await attach(
    bench,
    good,
    await anEnvelope(signer, { format, target: good, key: cast.stranger.key }),
    format,
  );
  const copied = await newImage(bench);
  await attach(bench, copied, await anEnvelope(signer, { format, target: good }), format);
  planted.push({ format, situation: 'copied from another image', target: copied });
  return planted;
}

let keys = 0;

/** Signs with a key that is written where notation looks for it. */
function sign(
  bench: Bench,
  format: Format,
  target: Target,
  signer: Certified,
  options: readonly string[],
): void {
  const name = `key-${keys++}`;
  const home = path.join(bench.folder, 'notation');
  const place = (end: string) => path.join(home, `${name}.${end}`);
  writeFileSync(place('key'), signer.key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(place('crt'), signer.chain.map(pemOf).join(''));
  writeFileSync(
    path.join(home, 'signingkeys.json'),
    JSON.stringify({
      default: name,
      keys: [{ name, keyPath: place('key'), certPath: place('crt') }],
    }),
  );
  const image = `${bench.registry.host}/${repository}@${target.digest}`;
  const { ok, text } = runPeer(
    'notation',
    [
      'sign',
      '--insecure-registry',
      '--force-referrers-tag=false',
      '--signature-format',
      format,
      '--key',
      name,
      ...options,
      image,
    ],
    bench.folder,
  );
  if (!ok) throw new Error(`notation sign: ${text}`);
}

const pemOf = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

/** Attaches an envelope as notation does: as a referrer, and in the fallback index where there is no API. */
async function attach(
  { registry }: Bench,
  { annotations: _, ...subject }: Target,
  envelope: Uint8Array,
  format: Format,
) {
  const push = pusher(registry.host, repository);
  const empty = await push.blob(Buffer.from('{}'));
  const layer = await push.blob(envelope);
  const artifactType = 'application/vnd.cncf.notary.signature';
  const manifest = await push.manifest(
    undefined,
    {
      schemaVersion: 2,
      mediaType: push.types.manifest,
      // The form that notation writes; some registries list referrers by the type of their config.
      config: { mediaType: artifactType, ...empty },
      layers: [
        { mediaType: format === 'jws' ? 'application/jose+json' : 'application/cose', ...layer },
      ],
      subject,
    },
    push.types.manifest,
  );
  if (registry.referrersApi) return;
  const tag = subject.digest.replace(':', '-');
  const before = await push.read(tag).then(
    (bytes) => JSON.parse(bytes.toString()).manifests as object[],
    () => [],
  );
  const manifests = [...before, { ...manifest, artifactType }];
  await push.manifest(
    tag,
    { schemaVersion: 2, mediaType: push.types.index, manifests },
    push.types.index,
  );
}

/** What the issuer answers about a certificate. */
function answerAbout(
  publish: Publish,
  place: string,
  name: RevocationCase,
  root: Certified,
  signer: Certified,
) {
  const put = (end: string, bytes: Buffer) => publish(`${place}/${end}`, bytes);
  const { serial } = signer;
  const late = new Date(Date.now() - 3_600_000);
  if (name.endsWith('crl-good')) put('crl', aCrl(root));
  if (name.endsWith('crl-revoked')) put('crl', aCrl(root, { revoked: [{ serial }] }));
  if (name === 'crl-held') put('crl', aCrl(root, { revoked: [{ serial, reason: 6 }] }));
  if (name === 'crl-late') put('crl', aCrl(root, { nextUpdate: late }));
  if (name === 'ocsp-good') put('ocsp', anOcspAnswer(root, signer));
  if (name === 'ocsp-revoked') put('ocsp', anOcspAnswer(root, signer, { status: 'revoked' }));
  if (name === 'ocsp-unknown') put('ocsp', anOcspAnswer(root, signer, { status: 'unknown' }));
}
