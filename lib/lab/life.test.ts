import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLife } from './life.ts';
import { type Lab, runLab } from './run-lab.ts';

let dir: string;
let lab: Lab;
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-'));
  lab = await runLab({ dir, clusters: 1 });
});
afterAll(async () => {
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

describe('createLife', () => {
  it('adds pods that no plan has, and takes the oldest away again', () => {
    const seen: string[] = [];
    const gone: string[] = [];
    const clusters = new Map(
      [...lab.clusters].map(([name, cluster]) => [
        name,
        {
          ...cluster,
          upsert: (object: Parameters<typeof cluster.upsert>[0]) => {
            seen.push(object.metadata.uid);
            cluster.upsert(object);
          },
          remove: (kind: string, uid: string) => {
            gone.push(uid);
            return cluster.remove(kind, uid);
          },
        },
      ]),
    );
    const live = createLife({ ...lab, clusters });
    for (let step = 0; step < 40; step++) live();
    expect(new Set(seen).size).toBe(35);
    expect(gone).toEqual(seen.slice(0, gone.length));
    expect(seen.length - gone.length).toBe(12);
  });

  it('lets the tag stable of a repository name another of its images', () => {
    const pushed: string[] = [];
    const registries = new Map(
      [...lab.registries].map(([host, registry]) => [
        host,
        {
          ...registry,
          putManifest: (...put: Parameters<typeof registry.putManifest>) => {
            const named = registry.putManifest(...put);
            pushed.push(`${host}/${put[0]}:${put[1]}@${named}`);
            return named;
          },
        },
      ]),
    );
    const live = createLife({ ...lab, registries });
    for (let step = 0; step < 24; step++) live();
    const possible = lab.plan.images.map(
      ({ host, repository, digest }) => `${host}/${repository}:stable@${digest}`,
    );
    expect(pushed).toHaveLength(3);
    expect(possible).toEqual(expect.arrayContaining(pushed));
  });
});
