// Compares our verdicts with `notation verify` on images that real notation signed, and on signatures
// that it would never write, under trust policies of every level.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { notationAuthorities } from '#lib/cli/notation-authorities.ts';
import { readEnvironment } from '#lib/config/environment.ts';
import { digest } from '#lib/model/digest.ts';
import type { NotationLevel } from '#lib/model/notation-policy.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import { discoverEvidence } from '#lib/resolve/discover-evidence.ts';
import { emptyConfiguration } from '#lib/wiring/configuration.ts';
import { openWorld, type World } from '#lib/wiring/world.ts';
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

/** One image under one policy, as notation and as we see it. */
export interface NotationRow {
  readonly registry: string;
  readonly format: Format | '–';
  readonly situation: string;
  readonly level: NotationLevel;
  readonly notation: 'accepts' | 'refuses';
  readonly ours: string;
  readonly reason: string;
  /** We call nothing verified that notation refuses, and refuse nothing that it accepts, but on purpose. */
  readonly equal: boolean;
  readonly note: string;
}

const repository = 'team/app';
const levels = ['strict', 'permissive', 'audit'] as const;

interface Bench {
  readonly folder: string;
  readonly cast: Cast;
  readonly world: World;
  readonly registry: PeerRegistry;
}

/** An image as it lies in the registry, and how it is to be judged. */
interface Planted extends PolicyChange {
  readonly format: Format | '–';
  readonly situation: string;
  readonly target: Target;
  readonly stricter?: string;
}

/**
 * Plants images in every registry and judges each of them at every level, by notation and by us.
 * @param folder an empty folder for keys, trust stores and policies
 */
export async function compareNotation(
  registries: readonly PeerRegistry[],
  folder: string,
): Promise<readonly NotationRow[]> {
  const revocation = await startRevocation();
  const cast = await castIn(folder, revocation.url);
  const hosts = registries.map(({ host }) => ({ host, insecure: true, tokenRealms: [] }));
  const configuration = { ...emptyConfiguration(), hosts, allow: ['127.0.0.1'] };
  const world = await openWorld(configuration, {
    ...readEnvironment(),
    dataDir: folder,
    workers: 2,
  });
  try {
    const rows: NotationRow[] = [];
    for (const registry of registries) {
      const bench = { folder, cast, world, registry };
      const images = await plantAll(bench, revocation.publish);
      for (const planted of images)
        for (const level of levels) rows.push(await judge(bench, planted, level));
      for (const planted of images.slice(0, 3)) rows.push(await judge(bench, planted, 'skip'));
    }
    return rows;
  } finally {
    await world.close();
    await revocation.stop();
  }
}

/** Prints the rows that differ and how many there are of each kind. @returns how many differ */
export function printNotation(rows: readonly NotationRow[]): number {
  const columns = [
    'registry',
    'format',
    'situation',
    'level',
    'notation',
    'ours',
    'reason',
    'note',
  ] as const;
  const width = (column: (typeof columns)[number]) =>
    Math.max(column.length, ...rows.map((row) => row[column].length));
  const line = (cell: (column: (typeof columns)[number]) => string) =>
    columns.map((column) => cell(column).padEnd(width(column))).join('  ');
  console.log(line((column) => column));
  for (const row of rows) console.log(`${line((column) => row[column])}  ${row.equal ? '' : '≠'}`);
  const images = new Set(
    rows.map(({ registry, format, situation }) => `${registry} ${format} ${situation}`),
  );
  const differing = rows.filter(({ equal }) => !equal).length;
  const onPurpose = rows.filter(({ note }) => note !== '').length;
  console.log(
    `notation: ${images.size} images, ${rows.length} judgements, ${rows.length - differing} agree (${onPurpose} stricter on purpose), ${differing} differ`,
  );
  return differing;
}

/* ------------------------------------------------------------------ cast */

async function castIn(folder: string, revocation: string): Promise<Cast> {
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

/** Publishes an answer about revocation below a path. */
type Publish = (place: string, bytes: Buffer) => void;

async function startRevocation() {
  const worker = new Worker(new URL('./revocation-server.ts', import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const publish: Publish = (place, bytes) => worker.postMessage([place, bytes]);
  return { url: `http://127.0.0.1:${port}`, publish, stop: () => worker.terminate() };
}

/* -------------------------------------------------------------- planting */

async function plantAll(bench: Bench, publish: Publish): Promise<readonly Planted[]> {
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

/* --------------------------------------------------------------- judging */

async function judge(bench: Bench, planted: Planted, level: NotationLevel): Promise<NotationRow> {
  writePolicy(bench.folder, planted, level);
  const image = `${bench.registry.host}/${repository}@${planted.target.digest}`;
  const peer = runPeer('notation', ['verify', '--insecure-registry', image], bench.folder);
  const verdict = await ourVerdict(bench, planted);
  const status = typeof verdict === 'string' ? 'refused policy' : verdict.status;
  const passes = typeof verdict !== 'string' && letsPass(verdict);
  const note = peer.ok && status !== 'verified' ? whyStricter(planted, verdict, passes) : '';
  return {
    registry: bench.registry.name,
    format: planted.format,
    situation: planted.situation,
    level,
    notation: peer.ok ? 'accepts' : 'refuses',
    ours: status,
    reason: (typeof verdict === 'string' ? verdict.slice(0, 60) : verdict.reason) ?? '',
    equal: peer.ok ? status === 'verified' || note !== '' : status !== 'verified' && !passes,
    note,
  };
}

/** Whether the policy itself lets the image pass: no check failed that it enforces. */
const letsPass = ({ evidence }: ImageVerdict): boolean =>
  evidence.some(
    ({ status, checks }) =>
      status === 'verified' ||
      checks.every(({ outcome, logged }) => outcome !== 'failed' || logged),
  );

/** What notation accepts and we do not call verified, on purpose. */
function whyStricter(planted: Planted, verdict: ImageVerdict | string, passes: boolean): string {
  if (typeof verdict === 'string') return 'a policy that names what is not there is not used';
  if (verdict.reason === 'policy-skips' || verdict.status === 'unsigned')
    return 'skipping proves nothing';
  if (verdict.reason === 'cert-revoked') return 'logged: a revoked certificate proves nothing';
  if (passes) return 'logged: the signer is not proven';
  return planted.stricter ?? '';
}

function writePolicy(folder: string, planted: Planted, level: NotationLevel): void {
  const {
    trustStores = ['ca:acme'],
    trustedIdentities = ['*'],
    registryScopes = ['*'],
    verifyTimestamp,
  } = planted;
  const statement = {
    name: 'comparison',
    registryScopes,
    signatureVerification: { level, ...(verifyTimestamp && { verifyTimestamp }) },
    ...(level !== 'skip' && { trustStores, trustedIdentities }),
  };
  writeFileSync(
    path.join(folder, 'notation/trustpolicy.json'),
    JSON.stringify({ version: '1.0', trustPolicies: [statement] }),
  );
}

async function ourVerdict(
  { folder, world, registry }: Bench,
  { target }: Planted,
): Promise<ImageVerdict | string> {
  let authorities: ReturnType<typeof notationAuthorities>;
  try {
    authorities = notationAuthorities({ 'notation-policy': path.join(folder, 'notation') });
  } catch (error) {
    return (error as Error).message.replace(/^.*trustpolicy.json: /, '');
  }
  await world.verifier.configure({ authorities, trustRoots: [] });
  const subject = { registry: registry.host, repository, digest: digest(target.digest) };
  const discovery = await discoverEvidence(world.registry, subject);
  return (await world.verifier.verify(discovery, [], new Date())).verdict;
}
