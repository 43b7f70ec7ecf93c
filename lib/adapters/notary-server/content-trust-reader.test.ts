import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperationalError } from '#lib/errors.ts';
import type { TrustDataAnswer } from '#lib/ports/trust.ts';
import { openTrustData } from '#lib/verify/content-trust/open-trust-data.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { client, closeAll } from '#tests/builders/egress.ts';
import { type NotaryServer, startNotaryServer } from '#tests/builders/notary-server.ts';
import {
  aCollection,
  aRoleKey,
  aRootKey,
  type CollectionPlan,
  type RolePlan,
  writeTrustData,
} from '#tests/builders/trust-data.ts';
import { type ContentTrustOptions, createContentTrustReader } from './content-trust-reader.ts';

const [registry, repository] = ['registry.example', 'team/app'];
const gun = `${registry}/${repository}`;
const target = { digest: `sha256:${'ab'.repeat(32)}`, length: 528 };

let notary: NotaryServer;
let memoryDir: string;
let clock: number;
let plan: CollectionPlan;

beforeEach(async () => {
  notary = await startNotaryServer();
  memoryDir = await mkdtemp(path.join(os.tmpdir(), 'trust-memory-'));
  clock = Date.parse('2026-11-21T12:00:00Z');
  plan = await aCollection(gun, { v1: target });
});
afterEach(async () => {
  await closeAll();
  await notary.close();
  await rm(memoryDir, { recursive: true, force: true });
});

const reader = (change: Partial<ContentTrustOptions> = {}, server = notary.url) =>
  createContentTrustReader({
    servers: [{ covers: (name) => name === gun, server, pinned: true, delegations: [] }],
    http: client({ allow: ['127.0.0.1'] }),
    hosts: [],
    credentials: [],
    memoryDir,
    verify: (data) => {
      const opened = openTrustData(data);
      return isRefusal(opened) ? undefined : opened.memory;
    },
    limits: { attempts: 1 },
    now: () => new Date(clock),
    ...change,
  });

const read = (...options: Parameters<typeof reader>) =>
  reader(...options).read(registry, repository);

/** What the verifier says of an answer. */
const outcome = (answer: TrustDataAnswer): string => {
  if (answer.state !== 'found') return answer.state;
  const opened = openTrustData(answer.data);
  return isRefusal(opened) ? opened.reason : [...opened.roles.keys()].join(' ');
};

const failure = async (asked: Promise<unknown>): Promise<string> => {
  try {
    return `answered ${JSON.stringify(await asked)}`;
  } catch (error) {
    if (error instanceof OperationalError) return error.code;
    throw error;
  }
};

const delegated = (more: Partial<CollectionPlan> = {}): CollectionPlan => ({
  ...plan,
  roles: {
    targets: {
      ...(plan.roles['targets'] as RolePlan),
      delegations: ['targets/releases', 'targets/team'],
    },
    'targets/releases': { keys: [aRoleKey()], targets: { v2: target } },
    'targets/team': { keys: [aRoleKey()], delegations: ['targets/team/ci'] },
    'targets/team/ci': { keys: [aRoleKey()], targets: { v3: target } },
  },
  ...more,
});

describe('a notary server', () => {
  it('is asked for what the verifier needs, by hash where a hash is named', async () => {
    notary.publish(writeTrustData(plan));
    expect(outcome(await read())).toBe('targets');
    const names = notary.asked.map((asked) => asked.replace(`/v2/${gun}/_trust/tuf/`, ''));
    expect(names[0]).toBe('timestamp.json');
    for (const role of ['snapshot', 'root', 'targets'])
      expect(names).toContainEqual(expect.stringMatching(`^${role}[.][0-9a-f]{64}[.]json$`));
  });

  it('is asked for delegations that count, with their parents, and no others', async () => {
    notary.publish(writeTrustData(delegated()));
    expect(outcome(await read())).toBe('targets targets/releases targets/team');
    const servers = [
      { covers: () => true, server: notary.url, pinned: true, delegations: ['targets/team/ci'] },
    ];
    expect(outcome(await read({ servers }))).toBe(
      'targets targets/releases targets/team targets/team/ci',
    );
  });

  it('is asked once for many digests of a repository', async () => {
    notary.publish(writeTrustData(plan));
    const one = reader();
    await Promise.all([one.read(registry, repository), one.read(registry, repository)]);
    const count = notary.asked.length;
    await one.read(registry, repository);
    expect(notary.asked).toHaveLength(count);
    clock += 5 * 60_000 + 1;
    await one.read(registry, repository);
    expect(notary.asked.length).toBeGreaterThan(count);
  });

  it('is named for some images only', () => {
    expect(reader().settingFor(registry, repository)).toEqual({ server: notary.url, pinned: true });
    expect(reader().settingFor(registry, 'team/other')).toBeUndefined();
  });

  it.each([
    [404, 'none'],
    [410, 'retired'],
  ])('that answers %i says %s', async (status, state) => {
    notary.fail(status);
    expect((await read()).state).toBe(state);
  });

  it.each([
    [401, 'registry-unauthorized'],
    [403, 'registry-forbidden'],
    [429, 'registry-ratelimited'],
    [500, 'registry-error'],
    [503, 'registry-error'],
  ])('N84 that answers %i was not asked', async (status, code) => {
    notary.fail(status);
    expect(await failure(read())).toBe(code);
  });

  it('that names a file and does not serve it was not asked', async () => {
    const data = writeTrustData(delegated());
    notary.publish({
      ...data,
      files: data.files.filter(({ role }) => role !== 'targets/releases'),
    });
    expect(await failure(read())).toBe('registry-protocol');
  });

  it('N80 never sends more than it named', async () => {
    const data = writeTrustData(plan);
    notary.publish(data);
    await read();
    const snapshot = notary.asked.find((asked) => asked.includes('snapshot.')) ?? '';
    notary.swap(snapshot, Buffer.alloc(1024 * 1024, 32));
    clock += 3_600_000;
    expect(await failure(read())).toBe('limit-exceeded');
  });

  it('is asked with a token for this collection alone, and the password goes to its own service', async () => {
    notary.publish(writeTrustData(plan));
    notary.demandToken('reader', 'secret');
    expect(await failure(read())).toBe('registry-unauthorized');
    const auth = Buffer.from('reader:secret').toString('base64');
    const dockerConfig = JSON.stringify({ auths: { [notary.host]: { auth } } });
    const answer = await read({ credentials: [{ label: 'test', dockerConfig }] });
    expect(outcome(answer)).toBe('targets');
    expect(new Set(notary.scopes)).toEqual(new Set([`repository:${gun}:pull`]));
  });

  it('behind a private address is not asked unless the operator named it', async () => {
    expect(await failure(read({ http: client() }))).toBe('egress-blocked');
  });

  it('that has ended is not asked at all', async () => {
    clock = Date.parse('2026-12-08T00:00:00Z');
    const answer = await read({ http: client() }, 'https://notary.docker.io');
    expect(answer).toMatchObject({
      state: 'retired',
      detail: expect.stringContaining('2026-12-08'),
    });
  });
});

describe('what was verified', () => {
  it('N91 is remembered, so that older metadata is told from newer', async () => {
    notary.publish(writeTrustData({ ...plan, versions: { timestamp: 5 } }));
    expect(outcome(await read())).toBe('targets');
    notary.publish(writeTrustData({ ...plan, versions: { timestamp: 4 } }));
    expect(outcome(await read())).toBe('trust-data-rollback');
    notary.publish(writeTrustData({ ...plan, versions: { timestamp: 6 } }));
    expect(outcome(await read())).toBe('targets');
  });

  it('is not replaced by what does not hold', async () => {
    notary.publish(writeTrustData(plan));
    await read();
    const forged = { ...plan, timestampKey: aRoleKey(), rootKeys: [await aRootKey(gun)] };
    notary.publish(writeTrustData({ ...forged, versions: { root: 2, timestamp: 99 } }));
    expect(outcome(await read())).toBe('trust-data-root');
    notary.publish(writeTrustData(plan));
    expect(outcome(await read())).toBe('targets');
  });

  it('follows the root over every version in between', async () => {
    notary.publish(writeTrustData(plan));
    await read();
    let before = plan.rootKeys;
    for (const root of [2, 3, 4]) {
      const rootKeys = [await aRootKey(gun)];
      notary.publish(
        writeTrustData({ ...plan, rootKeys, rootSignedBy: before, versions: { root } }),
      );
      before = rootKeys;
    }
    expect(outcome(await read())).toBe('targets');
  });

  it('N91 ends in an alarm after more rotations than are followed', async () => {
    notary.publish(writeTrustData(plan));
    await read();
    notary.publish(writeTrustData({ ...plan, versions: { root: 258 } }));
    expect(await failure(read())).toBe('limit-exceeded');
  });

  it('keeps the day of the first use, and lies in a folder of server and collection', async () => {
    notary.publish(writeTrustData(plan));
    await read();
    clock += 86_400_000;
    notary.publish(writeTrustData({ ...plan, versions: { timestamp: 2 } }));
    await read();
    const [server] = await readdir(memoryDir);
    const [collection] = await readdir(path.join(memoryDir, server ?? ''));
    const file = path.join(memoryDir, server ?? '', collection ?? '', 'memory.json');
    const kept = JSON.parse(await readFile(file, 'utf8'));
    expect(kept).toMatchObject({
      since: '2026-11-21T12:00:00.000Z',
      roles: { timestamp: { version: 2 } },
    });
    await writeFile(file, '{');
    expect(await failure(read())).toBe('trustroot-missing');
  });
});
