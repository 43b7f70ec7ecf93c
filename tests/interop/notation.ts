// Compares our verdicts with `notation verify` on images that real notation signed, and on signatures
// that it would never write, under trust policies of every level.
import { writeFileSync } from 'node:fs';
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
import type { Format } from './notation-cases.ts';
import {
  type Bench,
  castIn,
  type Planted,
  type Publish,
  plantAll,
  repository,
} from './notation-images.ts';
import { type PeerRegistry, runPeer } from './peers.ts';

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

const levels = ['strict', 'permissive', 'audit'] as const;

/** A bench with our side of the comparison. */
interface Judging extends Bench {
  readonly world: World;
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

/* ------------------------------------------------------------ revocation */

async function startRevocation() {
  const worker = new Worker(new URL('./revocation-server.ts', import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const publish: Publish = (place, bytes) => worker.postMessage([place, bytes]);
  return { url: `http://127.0.0.1:${port}`, publish, stop: () => worker.terminate() };
}

/* --------------------------------------------------------------- judging */

async function judge(bench: Judging, planted: Planted, level: NotationLevel): Promise<NotationRow> {
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
  { folder, world, registry }: Judging,
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
