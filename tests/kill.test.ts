import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { ImageFilter } from '#lib/contract/images.ts';
import { type ContainerListRow, WorkloadFilter } from '#lib/contract/workloads.ts';
import { type Lab, runLab } from '#lib/lab/run-lab.ts';

const rounds = 20;
let dir: string;
let lab: Lab;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-kill-'));
  lab = await runLab({ dir, seed: 5 });
});
afterAll(async () => {
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

interface Told {
  readonly verdicts?: readonly string[];
  readonly inventory?: string;
  readonly scan?: { readonly id: string; readonly state: string };
  readonly started?: true;
}

/** Everything that a process said was durable before it died. */
const acknowledged = {
  verdicts: new Set<string>(),
  clusters: new Set<string>(),
  scans: new Set<string>(),
};

function start(onTold: (told: Told) => void = () => undefined): ChildProcess {
  const child = fork(path.join(import.meta.dirname, 'kill/process.ts'), [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {
      ...process.env,
      SEALWATCH_CONFIG: lab.configPath,
      SEALWATCH_DATA_DIR: path.join(dir, 'data'),
      SEALWATCH_LOG_LEVEL: 'silent',
    },
  });
  child.on('message', (message) => {
    const told = message as Told;
    for (const key of told.verdicts ?? []) acknowledged.verdicts.add(key);
    if (told.inventory !== undefined) acknowledged.clusters.add(told.inventory);
    if (told.scan !== undefined) acknowledged.scans.add(told.scan.id);
    onTold(told);
  });
  return child;
}

/** Kills at a random moment between opening the database and well into the scan. */
async function startAndKill(): Promise<void> {
  const child = start();
  await Promise.race([once(child, 'message'), once(child, 'exit')]);
  await sleep(Math.random() * 1_500);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Runs until the scan is done, then stops in order. */
async function startAndFinish(): Promise<void> {
  const done = Promise.withResolvers<void>();
  const child = start(({ scan }) => {
    if (scan?.state === 'done' || scan?.state === 'failed') done.resolve();
  });
  await done.promise;
  child.send('stop');
  await once(child, 'exit');
}

const nameOf = (
  row: Pick<
    ContainerListRow,
    'cluster' | 'namespace' | 'workload' | 'container' | 'digest' | 'status'
  >,
) => [row.cluster, row.namespace, row.workload, row.container, row.digest, row.status].join(' ');

/** Reads the folder once more, after every process that wrote to it is gone. */
async function whatIsStored() {
  const store = await openStore({ kind: 'embedded', dataDir: path.join(dir, 'data') });
  try {
    const images: string[] = [];
    for await (const batch of store.allImages(ImageFilter.parse({})))
      for (const row of batch)
        if (row.checkedAt !== null) images.push(`${row.registry}/${row.repository}@${row.digest}`);
    const containers: string[] = [];
    for await (const batch of store.allContainers(WorkloadFilter.parse({})))
      containers.push(...batch.map(nameOf));
    return { images, containers, scans: await store.scans(50) };
  } finally {
    await store.close();
  }
}

describe('a scan whose process is killed', () => {
  it(`loses nothing and doubles nothing over ${rounds} kills`, async () => {
    for (let round = 0; round < rounds; round++) await startAndKill();
    const durable = [...acknowledged.verdicts];
    await startAndFinish();

    const { images, containers, scans } = await whatIsStored();
    const planned = lab.manifest().containers.map(nameOf);

    expect(durable.filter((key) => !images.includes(key))).toEqual([]);
    expect(images).toHaveLength(new Set(images).size);
    expect(containers.sort()).toEqual(planned.sort());
    expect(scans.map(({ state }) => state)).toEqual(['done']);
    expect([...acknowledged.scans]).toEqual(scans.map(({ id }) => id));
    expect(acknowledged.clusters.size).toBe(lab.plan.clusters.length);
  }, 600_000);
});
