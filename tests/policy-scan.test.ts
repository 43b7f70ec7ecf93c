import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import type { RegistryClient } from '#lib/adapters/registry/registry-reader.ts';
import { OperationalError } from '#lib/errors.ts';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import { imageFacts } from '#lib/policy/facts.ts';
import { defaultConfiguration } from '#lib/policy/policy-controller/configuration.ts';
import { decidePolicyController } from '#lib/policy/policy-controller/decide.ts';
import { policyMarks } from '#lib/policy/policy-material.ts';
import type { AdmissionObject } from '#lib/ports/cluster.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import type { ImageVerifier, VerifierMaterial } from '#lib/ports/verifier.ts';
import type { ScanDependencies } from '#lib/scan/dependencies.ts';
import { scanOnce } from '#lib/scan/scan-once.ts';
import { startWorker } from '#lib/scan/worker.ts';
import { type PreparedMaterial, prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { aPod as anAdmittedPod, readAs } from '#tests/builders/policy.ts';
import { aSigner, attachSignature, openReader, pushImage } from '#tests/builders/registry.ts';
import { aContainer, aPod } from '#tests/builders/workload.ts';
import { createFakeCluster } from '#tests/fakes/cluster.ts';
import { aWorld, quickly } from '#tests/fakes/world.ts';

let lab: LabRegistry;
let reader: RegistryClient;
let http: GuardedClient;
const signer = aSigner();
const pem = signer.authority.kind === 'key' ? (signer.authority.keys[0]?.pem ?? '') : '';
const otherPem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();
const images = new Map<string, Subject>();

beforeAll(async () => {
  lab = await startLabRegistry({ name: 'registry.example', referrersApi: true, auth: 'none' });
  ({ reader, http } = openReader([{ host: lab.name, endpoint: lab.url }]));
  for (const name of ['signed', 'unsigned']) images.set(name, pushImage(lab, `team/${name}`));
  const signed = images.get('signed');
  if (signed) attachSignature(lab, signed, signer);
});
afterAll(() => Promise.all([http.close(), lab.close()]));

const referenceOf = (name: string): string =>
  `${lab.name}/team/${name}@${images.get(name)?.digest}`;

const aPolicy = (key: object, name = 'keys', spec: object = {}): AdmissionObject =>
  ({
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name },
    spec: { images: [{ glob: 'registry.example/team/**' }], authorities: [{ key }], ...spec },
  }) as AdmissionObject;

const aCluster = (id: string) =>
  createFakeCluster(id, {
    pods: ['signed', 'unsigned'].map((name) =>
      aPod(name, [aContainer(referenceOf(name), { imageId: referenceOf(name) })]),
    ),
  });

/** A cluster that runs both images under its policies, and what a scan finds there. */
function aFleet(change: Partial<ScanDependencies> = {}) {
  const world = aWorld();
  const prod = aCluster('prod');
  const verdicts = new Map<string, ImageVerdict>();
  const checked: string[] = [];
  const materials: VerifierMaterial[] = [];
  let signatures = 0;
  let material: PreparedMaterial = prepareMaterial({ authorities: [], trustRoots: [] });
  const verifier: ImageVerifier = {
    configure: async (next) => {
      materials.push(next);
      material = prepareMaterial(next);
    },
    verify: async (discovery, known) => {
      const answer = verifyImage(discovery, material, known, new Date());
      signatures += answer.signatureChecks;
      return answer;
    },
    close: async () => undefined,
  };
  const { saveVerdicts } = world.store;
  world.store.saveVerdicts = async (items, at, cause) => {
    for (const { verdict } of items) {
      checked.push(verdict.repository);
      verdicts.set(verdict.repository, verdict);
    }
    await saveVerdicts(items, at, cause);
  };
  const clusters = [...(change.clusters ?? []), prod];
  const deps = world.deps({ verifier, registry: reader, ...change, clusters });
  return {
    world,
    prod,
    verdicts,
    materials,
    checked,
    signatures: () => signatures,
    policies(...objects: AdmissionObject[]) {
      prod.admission = { ...prod.admission, objects };
    },
    follow: () => startWorker(deps, { ...quickly, admissionMs: 5 }),
    async scan() {
      checked.length = 0;
      return scanOnce(deps, { pace: quickly });
    },
    /** What policy-controller says, as far as the last scan knows. */
    decide(name: string) {
      const { objects } = prod.admission;
      const facts = imageFacts(
        'prod',
        verdicts.get(`team/${name}`),
        undefined,
        policyMarks('prod', objects),
      );
      return decidePolicyController(
        objects.map((one) => readAs('cluster-image-policy', one)),
        { cluster: 'prod', configuration: defaultConfiguration },
        anAdmittedPod(referenceOf(name)),
        () => facts,
      ).map(({ today }) => today);
    },
  };
}

describe('a key that only a policy names', () => {
  it('admits under its policy, and makes no image verified', async () => {
    const fleet = aFleet();
    fleet.policies(aPolicy({ data: pem }));
    await fleet.scan();
    const verdict = fleet.verdicts.get('team/signed');
    expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'key-unresolvable' });
    expect(verdict?.authority).toBeUndefined();
    expect(verdict?.underPolicies).toMatchObject({
      judgedUnder: ['prod/ClusterImagePolicy/keys/authority-0'],
      verified: [{ status: 'verified', under: ['prod/ClusterImagePolicy/keys/authority-0'] }],
    });
    expect(fleet.decide('signed')).toEqual(['admit']);
    expect(fleet.decide('unsigned')).toEqual(['refuse']);
  });

  it.each([
    ['with no authority of our own', []],
    ['beside authorities of our own', [aSigner('ours').authority]],
  ])('refuses where another key signed, %s', async (_, authorities) => {
    const fleet = aFleet({ authorities });
    fleet.policies(aPolicy({ data: otherPem }));
    await fleet.scan();
    expect(fleet.decide('signed')).toEqual(['refuse']);
  });

  it('stays untrusted where our own authorities name others', async () => {
    const authority = { ...signer.authority, images: ['elsewhere.example/**'] };
    const fleet = aFleet({ authorities: [authority] });
    fleet.policies(aPolicy({ data: pem }));
    await fleet.scan();
    expect(fleet.verdicts.get('team/signed')).toMatchObject({
      status: 'untrusted',
      reason: 'no-authority',
    });
    expect(fleet.decide('signed')).toEqual(['admit']);
  });
});

describe('a changed policy', () => {
  it('has only what it covers checked again, without a full scan, and is not decided before', async () => {
    const fleet = aFleet();
    const elsewhere = { images: [{ glob: 'elsewhere.example/**' }] };
    fleet.policies(aPolicy({ data: otherPem }));
    await fleet.scan();
    expect(fleet.decide('signed')).toEqual(['refuse']);

    // Nobody has tried the new key yet.
    fleet.policies(aPolicy({ data: pem }));
    expect(fleet.decide('signed')).toEqual(['not-evaluated']);
    const scan = await fleet.scan();
    expect(scan.full).toBe(false);
    // Beside the other image there is nothing that any policy could judge otherwise.
    expect(fleet.checked).toEqual(['team/signed']);
    expect(fleet.decide('signed')).toEqual(['admit']);
    expect(fleet.decide('unsigned')).toEqual(['refuse']);

    fleet.policies(aPolicy({ data: pem }), aPolicy({ data: otherPem }, 'far', elsewhere));
    await fleet.scan();
    expect(fleet.checked).toEqual([]);
    fleet.policies(aPolicy({ data: pem }));
    await fleet.scan();
    expect(fleet.checked).toEqual([]);
  });

  it('costs no signature that was checked before', async () => {
    const fleet = aFleet();
    fleet.policies(aPolicy({ data: pem }));
    await fleet.scan();
    const before = fleet.signatures();
    expect(before).toBeGreaterThan(0);
    fleet.policies(aPolicy({ data: pem }), aPolicy({ data: pem }, 'again'));
    await fleet.scan();
    expect(fleet.checked).toEqual(['team/signed']);
    expect(fleet.signatures()).toBe(before);
    expect(fleet.verdicts.get('team/signed')?.underPolicies?.verified[0]?.under).toHaveLength(2);
  });

  it('that is read after its images were checked is heeded in the same scan, once', async () => {
    const fleet = aFleet({ clusters: [aCluster('dev')] });
    const { saveAdmission } = fleet.world.store;
    fleet.world.store.saveAdmission = async (cluster, reading) => {
      // The images of the other cluster are checked while this one is still being read.
      while (cluster === 'prod' && fleet.checked.length < 2)
        await new Promise((done) => setTimeout(done, 1));
      return saveAdmission(cluster, reading);
    };
    fleet.policies(aPolicy({ data: pem }));
    await fleet.scan();
    expect([...fleet.checked].sort()).toEqual(['team/signed', 'team/signed', 'team/unsigned']);
    expect(fleet.decide('signed')).toEqual(['admit']);
  });
});

it('a policy that changes while its cluster is followed is heeded without a scan', async () => {
  const fleet = aFleet();
  fleet.policies(aPolicy({ data: otherPem }));
  const worker = await fleet.follow();
  try {
    const soon = { interval: 5, timeout: 10_000 };
    await vi.waitFor(() => expect(fleet.decide('signed')).toEqual(['refuse']), soon);
    const scans = () => fleet.world.store.scans(100);
    await vi.waitFor(async () => expect(await scans()).toMatchObject([{ state: 'done' }]), soon);
    fleet.policies(aPolicy({ data: pem }));
    await vi.waitFor(() => expect(fleet.decide('signed')).toEqual(['admit']), soon);
    expect(await scans()).toHaveLength(1);
  } finally {
    await worker.stop();
  }
});

describe('what of policies cannot be used', () => {
  it('is told, and nothing is said under it', async () => {
    const keys = {
      read: () => Promise.reject(new OperationalError('key-unresolvable', 'no such secret')),
    };
    const fleet = aFleet({ keys });
    fleet.policies(aPolicy({ secretRef: { name: 'cosign', namespace: 'cosign-system' } }), {
      apiVersion: 'policy.sigstore.dev/v1alpha1',
      kind: 'TrustRoot',
      metadata: { name: 'far' },
      spec: { remote: { root: 'AA==', mirror: 'https://tuf.example' } },
    } as AdmissionObject);
    const { failures } = await fleet.scan();
    expect(failures).toMatchObject([
      { source: 'TrustRoot/prod/far', reason: 'trustroot-missing' },
      { source: 'prod/ClusterImagePolicy/keys/authority-0', reason: 'key-unresolvable' },
    ]);
    expect(fleet.verdicts.get('team/signed')?.underPolicies?.judgedUnder).toEqual([]);
  });

  it('reads a secret of the cluster whose policy names it', async () => {
    const asked: unknown[] = [];
    const read = async (reference: string, cluster?: string) => {
      asked.push([reference, cluster]);
      return pem;
    };
    const fleet = aFleet({ keys: { read } });
    fleet.policies(aPolicy({ secretRef: { name: 'cosign', namespace: 'keys' } }));
    await fleet.scan();
    expect(asked).toContainEqual(['k8s://keys/cosign', 'prod']);
    expect(fleet.decide('signed')).toEqual(['admit']);
    expect(fleet.decide('unsigned')).toEqual(['refuse']);
  });
});
