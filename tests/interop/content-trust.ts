import path from 'node:path';
import { createGuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { createContentTrustReader } from '#lib/adapters/notary-server/content-trust-reader.ts';
import { OperationalError } from '#lib/errors.ts';
import { digest } from '#lib/model/digest.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { openTrustData } from '#lib/verify/content-trust/open-trust-data.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { digestNamed, installNotary, type Notary, startNotary } from './notary.ts';

/** One question to both: does trust data vouch for this digest under this tag? */
interface Question {
  readonly situation: string;
  readonly gun: string;
  readonly tag: string;
  readonly digest: string;
  /** Demanded roles; empty: those that docker asks. */
  readonly roles?: readonly string[];
  readonly pinned?: readonly string[];
  /** Readers of one name remember what they saw before. */
  readonly reader?: string;
  /** Where we say otherwise on purpose: the reason that we must give. */
  readonly deliberate?: string;
  /** A clock that only ours can be given. */
  readonly now?: Date;
}

/** How one question came out. */
export interface ContentTrustRow {
  readonly situation: string;
  readonly notary: string;
  readonly ours: string;
  readonly equal: boolean;
}

/**
 * Compares our verdicts on trust data with what the real notary client says of the same collections,
 * which it published to the real server. The roles are those that docker asks, in its order.
 * @returns why nothing was compared, or one row for each question
 */
export async function compareContentTrust(): Promise<string | readonly ContentTrustRow[]> {
  const why = installNotary();
  if (why !== undefined) return why;
  const notary = await startNotary();
  try {
    const rows: ContentTrustRow[] = [];
    for (const ask of [delegations, pins, rotations, attacks])
      for await (const question of ask(notary)) rows.push(await compare(notary, question));
    return rows;
  } finally {
    notary.stop();
  }
}

/** Prints the table, or why there is none. @returns how many rows differ */
export function printContentTrust(rows: Awaited<ReturnType<typeof compareContentTrust>>): number {
  if (typeof rows === 'string') {
    console.log(`SKIPPED: ${rows}. No trust data was compared.`);
    return 0;
  }
  for (const { situation, notary, ours, equal } of rows)
    console.log(
      `content trust  ${situation.padEnd(30)}  notary ${notary.padEnd(9)}  ${ours}${equal ? '' : '  ≠'}`,
    );
  const failed = rows.filter(({ equal }) => !equal).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  return failed;
}

const dockerRoles = ['targets/releases', 'targets'];

async function compare(notary: Notary, question: Question): Promise<ContentTrustRow> {
  const { situation, gun, tag, roles = [] } = question;
  const reader = question.reader ?? situation;
  const trustDir = `reader-${reader.replaceAll(/\W+/g, '-')}`;
  const who = { trustDir, ...(question.pinned && { pinned: question.pinned }) };
  const asked = roles.length > 0 ? roles : dockerRoles;
  const listed = (await notary.list(who, gun, asked))?.get(tag);
  const accepts =
    listed !== undefined && listed.digest === question.digest && asked.includes(listed.role);
  const ours = await ourVerdict(notary, question, trustDir);
  const says = accepts ? 'accepts' : 'refuses';
  const agrees = accepts === (ours === 'verified');
  return {
    situation,
    notary: question.now === undefined ? says : 'not asked',
    ours,
    equal: question.deliberate === undefined ? agrees : ours === question.deliberate,
  };
}

/** The status, or the reason where it is not verified. */
async function ourVerdict(notary: Notary, question: Question, memory: string): Promise<string> {
  const { gun, tag, roles = [], now = new Date() } = question;
  const [registry = '', ...rest] = gun.split('/');
  const repository = rest.join('/');
  const http = createGuardedClient({ allow: ['127.0.0.1'] });
  try {
    const reader = createContentTrustReader({
      servers: [{ covers: () => true, server: notary.url, pinned: true, delegations: roles }],
      http,
      hosts: [],
      credentials: [],
      memoryDir: path.join(notary.folder, `ours-${memory}`),
      limits: { attempts: 1 },
      verify: (data) => {
        const opened = openTrustData(data);
        return isRefusal(opened) ? undefined : opened.memory;
      },
    });
    const answer = await reader.read(registry, repository);
    if (answer.state !== 'found') return answer.state;
    const subject = digest(question.digest);
    const authority = {
      kind: 'content-trust',
      name: 'interop',
      source: { kind: 'command-line' },
      images: ['**'],
      rootKeys: question.pinned ?? (await notary.rootKeys(gun)),
      delegations: roles,
    } as const;
    const marked = { ...authority, fingerprint: authorityFingerprint(authority) };
    const source = { place: 'content-trust', registry, repository, manifest: subject } as const;
    const evidence = {
      kind: 'content-trust',
      id: subject,
      subject,
      sources: [source],
      data: answer.data,
      tags: [tag],
    } as const;
    const discovery = { subject, registry, repository, evidence: [evidence], places: [] };
    const { verdict } = verifyImage(
      { ...discovery, complete: true, warnings: [] },
      prepareMaterial({ authorities: [marked], trustRoots: [] }),
      [],
      now,
    );
    return verdict.evidence[0]?.reason ?? verdict.status;
  } catch (error) {
    if (error instanceof OperationalError) return `not looked: ${error.code}`;
    throw error;
  } finally {
    await http.close();
  }
}

const sizeOf = '528';
const hex = (name: string): string => digestNamed(name).slice('sha256:'.length);

/** Stages a tag for a role, and publishes. */
function sign(notary: Notary, gun: string, tag: string, role?: string): void {
  const roles = role === undefined ? [] : ['-r', role];
  notary.publish('addhash', '-p', gun, tag, sizeOf, '--sha256', hex(`${gun}:${tag}`), ...roles);
}

function collection(notary: Notary, name: string, ...tags: readonly string[]): string {
  const gun = `registry.example/${name}`;
  notary.publish('init', '-p', gun);
  for (const tag of tags) sign(notary, gun, tag);
  return gun;
}

const about = (gun: string, tag: string) => ({ gun, tag, digest: digestNamed(`${gun}:${tag}`) });

async function* delegations(notary: Notary): AsyncGenerator<Question> {
  const plain = collection(notary, 'plain', 'v1', 'v2');
  yield { situation: 'targets', ...about(plain, 'v1') };
  yield { situation: 'targets, second tag', ...about(plain, 'v2') };
  yield { situation: 'tag that nobody signed', ...about(plain, 'v9') };
  yield { situation: 'other digest', ...about(plain, 'v1'), digest: digestNamed('other') };
  yield { situation: 'role that nobody made', ...about(plain, 'v1'), roles: ['targets/ci'] };

  const gun = collection(notary, 'delegated', 'old');
  const releases = notary.delegationKey('releases');
  notary.publish('delegation', 'add', '-p', gun, 'targets/releases', releases, '--all-paths');
  yield { situation: 'delegation without metadata', ...about(gun, 'old') };
  sign(notary, gun, 'new', 'targets/releases');
  yield { situation: 'targets/releases', ...about(gun, 'new') };
  yield {
    situation: 'targets beside releases',
    ...about(gun, 'old'),
    deliberate: 'role-not-trusted',
  };
  yield { situation: 'targets, demanded', ...about(gun, 'old'), roles: ['targets'] };
  yield { situation: 'releases, demanded', ...about(gun, 'new'), roles: ['targets/releases'] };
  yield { situation: 'releases, not signed', ...about(gun, 'old'), roles: ['targets/releases'] };

  const ci = notary.delegationKey('ci', 'rsa');
  notary.publish('delegation', 'add', '-p', gun, 'targets/ci', ci, '--paths', 'ci-');
  sign(notary, gun, 'ci-1', 'targets/ci');
  yield { situation: 'RSA delegation', ...about(gun, 'ci-1'), roles: ['targets/ci'] };
  yield { situation: 'delegation of another tag', ...about(gun, 'new'), roles: ['targets/ci'] };
  const nested = notary.delegationKey('nested');
  notary.publish('delegation', 'add', '-p', gun, 'targets/ci/nested', nested, '--paths', 'ci-n');
  sign(notary, gun, 'ci-nested', 'targets/ci/nested');
  yield {
    situation: 'nested delegation',
    ...about(gun, 'ci-nested'),
    roles: ['targets/ci/nested'],
  };

  notary.publish('remove', '-p', gun, 'new', '-r', 'targets/releases');
  yield { situation: 'tag taken back', ...about(gun, 'new') };
  notary.publish('delegation', 'remove', '-p', '-y', gun, 'targets/ci');
  yield { situation: 'delegation taken back', ...about(gun, 'ci-1'), roles: ['targets/ci'] };
}

async function* pins(notary: Notary): AsyncGenerator<Question> {
  const gun = collection(notary, 'pinned', 'v1');
  yield { situation: 'pinned root', ...about(gun, 'v1'), pinned: await notary.rootKeys(gun) };
  yield { situation: 'other root pinned', ...about(gun, 'v1'), pinned: ['ab'.repeat(32)] };
  const later = new Date(Date.now() + 15 * 86_400_000);
  const expired = { now: later, deliberate: 'trust-data-expired' };
  yield { situation: 'timestamp expired', ...about(gun, 'v1'), ...expired };
}

async function* rotations(notary: Notary): AsyncGenerator<Question> {
  const gun = collection(notary, 'rotated', 'v1');
  const before = await notary.rootKeys(gun);
  const reader = 'rotation';
  yield { situation: 'before rotations', ...about(gun, 'v1'), reader };
  for (const role of ['targets', 'snapshot']) {
    notary.publish('key', 'rotate', gun, role);
    yield { situation: `${role} key rotated`, ...about(gun, 'v1'), reader };
  }
  notary.publish('key', 'rotate', gun, 'timestamp', '-r');
  yield { situation: 'timestamp key rotated', ...about(gun, 'v1'), reader };
  for (const time of ['once', 'twice', 'three times']) {
    notary.publish('key', 'rotate', gun, 'root');
    yield { situation: `root key rotated ${time}`, ...about(gun, 'v1'), reader };
  }
  notary.publish('key', 'rotate', gun, 'root');
  notary.publish('key', 'rotate', gun, 'root');
  yield { situation: 'root rotated twice unseen', ...about(gun, 'v1'), reader };
  yield { situation: 'root key of before pinned', ...about(gun, 'v1'), pinned: before };
}

async function* attacks(notary: Notary): AsyncGenerator<Question> {
  const gun = collection(notary, 'attacked', 'v1');
  for (const role of ['root', 'timestamp', 'snapshot', 'targets']) {
    notary.meddle((path, bytes) =>
      path.includes(`/${role}.`)
        ? Buffer.from(bytes.toString().replace('"expires":"20', '"expires":"21'))
        : bytes,
    );
    yield { situation: `${role} altered`, ...about(gun, 'v1') };
  }
  const other = collection(notary, 'other', 'v1');
  notary.meddle(undefined);
  const kept = new Map<string, Buffer>();
  notary.meddle((path, bytes) => {
    kept.set(path, bytes);
    return bytes;
  });
  const reader = 'rollback';
  yield { situation: 'before a rollback', ...about(other, 'v1'), reader };
  const old = new Map(kept);
  sign(notary, other, 'v2');
  yield { situation: 'newer data', ...about(other, 'v2'), reader };
  notary.meddle((path, bytes) => old.get(path) ?? bytes);
  yield { situation: 'rolled back', ...about(other, 'v1'), reader };
  notary.meddle(undefined);
}
