import { describe, expect, it } from 'vitest';
import { plantedManifest } from '#lib/lab/planned-findings.ts';
import { findingKinds } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { parseReference, pinOf, pins } from '#lib/model/reference.ts';
import { verdictStatuses } from '#lib/model/verdict.ts';
import { containerKinds } from '#lib/model/workload.ts';
import { makePlan } from './make-plan.ts';
import { type LabPlan, plannedKinds } from './plan.ts';
import { type RecipeName, recipeOf, recipes } from './recipes.ts';
import { recipesByZone } from './recipes-by-zone.ts';
import { specimenZones } from './zones.ts';

const seeds = [1, 2, 7, 42, 20_261_121];
const slow: readonly RecipeName[] = ['timeout', 'endless'];

const runningRecipes = (plan: LabPlan): Set<RecipeName> => {
  const running = new Set(
    plan.workloads.flatMap(({ containers }) =>
      containers.flatMap(({ runs }) =>
        runs.flatMap((run) => (run.state === 'digest' ? [run.target.digest] : [])),
      ),
    ),
  );
  return new Set(plan.images.filter((image) => running.has(image.digest)).map((one) => one.recipe));
};

describe('makePlan', () => {
  it('is the same for the same seed and another for another', () => {
    const manifest = (seed: number) => JSON.stringify(plantedManifest(makePlan({ seed })));
    expect(manifest(5)).toBe(manifest(5));
    expect(manifest(5)).not.toBe(manifest(6));
  });

  it('has the size of a fleet that a newcomer can look through', () => {
    const { counts } = plantedManifest(makePlan());
    expect(counts.workloads).toBeGreaterThan(380);
    expect(counts.workloads).toBeLessThan(460);
    expect(counts.containers.total).toBeGreaterThan(1_000);
    expect(counts.images).toBeGreaterThanOrEqual(160);
  });

  it.each(seeds)('runs every recipe somewhere with seed %d', (seed) => {
    const expected = new Set(Object.keys(recipes).filter((name) => !slow.includes(name as never)));
    expect(runningRecipes(makePlan({ seed }))).toEqual(expected);
  });

  it('runs the slow faults only where they are asked for', () => {
    expect(runningRecipes(makePlan({ slowFaults: true }))).toEqual(new Set(Object.keys(recipes)));
  });

  it.each(seeds)('has every workload kind, container kind and pin with seed %d', (seed) => {
    const { workloads } = makePlan({ seed });
    const containers = workloads.flatMap((workload) => workload.containers);
    expect(new Set(workloads.map(({ kind }) => kind))).toEqual(new Set(plannedKinds));
    expect(new Set(containers.map(({ kind }) => kind))).toEqual(new Set(containerKinds));
    const used = containers.flatMap(({ declared }) => {
      const parsed = parseReference(declared);
      return parsed.ok ? [pinOf(parsed.reference)] : [];
    });
    expect(new Set(used)).toEqual(new Set(pins));
    const states = containers.flatMap(({ runs }) => runs.map(({ state }) => state));
    expect(new Set(states)).toEqual(new Set(['digest', 'local', 'pending', 'at-rest']));
  });

  it('comes to the very number of pods, images and clusters that is asked for', () => {
    const plan = makePlan({ pods: 12_345, images: 900, clusters: 11 });
    const reported = plan.workloads.reduce((sum, { pods }) => sum + pods, 0);
    expect([plan.pods, reported]).toEqual([12_345, 12_345]);
    expect(plan.images.length).toBeGreaterThanOrEqual(900);
    expect(new Set(plan.images.map(({ digest }) => digest)).size).toBe(plan.images.length);
    expect(plan.clusters).toHaveLength(11);
    expect(new Set(plan.clusters).size).toBe(11);
  });

  it('shows one image of each further kind once, however large it is', () => {
    const plan = makePlan({ pods: 12_345, images: 900, clusters: 11 });
    const specimens = plan.images.filter(({ zone }) => specimenZones.has(zone));
    const recipesOf = [...specimenZones].flatMap((zone) =>
      recipesByZone[zone].map(([recipe]) => recipe),
    );
    expect(specimens.map(({ recipe }) => recipe).sort()).toEqual(recipesOf.sort());
    const digests = new Set(specimens.map(({ digest }) => digest));
    const running = plan.workloads.filter(({ containers }) =>
      containers.some(({ runs }) =>
        runs.some((run) => run.state === 'digest' && digests.has(run.target.digest)),
      ),
    );
    expect(running).toHaveLength(specimens.length);
  });

  it('names every workload of a cluster once', () => {
    const names = makePlan({ pods: 3_000 }).workloads.map(
      ({ cluster, namespace, kind, name }) => `${cluster}/${namespace}/${kind}/${name}`,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('writes only references that parse, but for the one that is malformed on purpose', () => {
    const refused = makePlan()
      .workloads.flatMap(({ containers }) => containers)
      .filter(({ declared }) => !parseReference(declared).ok);
    expect(refused.map(({ declared }) => declared)).toEqual([
      'ghcr.acme.example/Sandbox/Typo:v1.0.0',
    ]);
  });

  it('never asks for the tag of a repository that fails', () => {
    const plan = makePlan({ slowFaults: true });
    const faulty = new Set(
      plan.images
        .filter(({ recipe }) => recipeOf(recipe).fault)
        .map(({ host, repository }) => `${host}/${repository}`),
    );
    const tagged = plan.workloads
      .flatMap(({ containers }) => containers)
      .flatMap(({ declared }) => {
        const parsed = parseReference(declared);
        return parsed.ok && parsed.reference.digest === undefined ? [parsed.reference] : [];
      })
      .filter(({ registry, repository }) => faulty.has(`${registry}/${repository}`));
    expect(tagged).toEqual([]);
  });
});

describe('plantedManifest', () => {
  const manifest = plantedManifest(makePlan());

  it('has every status, every finding kind and the reasons that a reader must meet', () => {
    const statuses = new Set(manifest.containers.map(({ status }) => status));
    expect(statuses).toEqual(new Set(verdictStatuses));
    const kinds = new Set(manifest.findings.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(findingKinds));
    const met = new Set<ReasonCode>(manifest.findings.map(({ reason }) => reason));
    const wanted: readonly ReasonCode[] = [
      'identity-mismatch',
      'issuer-mismatch',
      'key-not-trusted',
      'cert-untrusted-root',
      'no-authority',
      'signature-bad',
      'claim-digest',
      'claim-type',
      'subject-mismatch',
      'base64-malformed',
      'tlog-body',
      'tlog-missing',
      'notation-expired',
      'no-signature',
      'attested-only',
      'registry-unauthorized',
      'registry-forbidden',
      'registry-not-found',
      'registry-ratelimited',
      'registry-error',
      'registry-unreachable',
      'blob-digest',
      'unresolvable-local',
      'reference-malformed',
      'tag-latest',
      'tag-only',
      'tag-moved',
      'tag-gone',
      'replicas-differ',
    ];
    expect(wanted.filter((reason) => !met.has(reason))).toEqual([]);
  });

  it('counts what it lists', () => {
    const { total, ...byStatus } = manifest.counts.containers;
    expect(total).toBe(manifest.containers.length);
    expect(Object.values(byStatus).reduce((sum, count) => sum + count, 0)).toBe(total);
    const found = Object.values(manifest.counts.findings).reduce((sum, count) => sum + count, 0);
    expect(found).toBe(manifest.findings.length);
  });

  it('calls nothing unsigned that could not be looked at', () => {
    const wrong = manifest.containers.filter(
      ({ status, reason }) => status === 'unsigned' && reason?.startsWith('registry-'),
    );
    expect(wrong).toEqual([]);
  });

  it('makes no finding of a container that has not started', () => {
    const waiting = manifest.containers.filter(({ reason }) => reason === 'pending');
    expect(waiting.length).toBeGreaterThan(0);
    expect(manifest.findings.filter(({ reason }) => reason === 'pending')).toEqual([]);
  });

  it('lists at most the newest tags that a rule asks for, and signed and unsigned ones among them', () => {
    const directory = manifest.published.filter(({ repository }) =>
      repository.startsWith('identity/'),
    );
    const perRepository = Map.groupBy(directory, ({ repository }) => repository);
    expect([...perRepository.values()].every((rows) => rows.length <= 2)).toBe(true);
    const statuses = new Set(manifest.published.map(({ status }) => status));
    expect(statuses).toContain('verified');
    expect(statuses).toContain('unsigned');
  });
});
