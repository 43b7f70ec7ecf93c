import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ClusterAdmission, clusterObjects } from './cluster/cluster-objects.ts';
import {
  type PublishedTrust,
  publishImages,
  type SigningServices,
  startSigning,
} from './content/publish-images.ts';
import { type Control, startControl } from './control.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { type LabKubernetes, startKubernetesApi } from './kubernetes/api-server.ts';
import { labConfig, labFiles } from './lab-config.ts';
import { startLife } from './life.ts';
import { type LabNotary, startNotary } from './notary-server.ts';
import { decisionsOf } from './plan/admission-decisions.ts';
import { imageTruth } from './plan/image-truth.ts';
import { makePlan } from './plan/make-plan.ts';
import type { LabPlan } from './plan/plan.ts';
import type { RegistryHost } from './plan/zones.ts';
import { type PlantedManifest, plantedManifest } from './planned-findings.ts';
import { hostsOf, plantFaults, startRegistry } from './registries.ts';
import type { LabRegistry } from './registry/registry-server.ts';
import type { Signers } from './signing/signers.ts';

/** How a lab is run. */
export interface LabOptions {
  /** Where configuration, kubeconfig and keys are written; made if it is not there. */
  readonly dir: string;
  readonly pods?: number;
  readonly images?: number;
  readonly clusters?: number;
  readonly workloads?: number;
  readonly seed?: number;
  /** The first of consecutive ports; absent or 0 takes free ones. */
  readonly ports?: number;
  /** Also plant the faults that are slow to find out: silence, endless bodies. */
  readonly faults?: boolean;
  /** Let pods come and go and tags move, every few seconds. */
  readonly live?: boolean;
}

/** A lab that is running on loopback. */
export interface Lab {
  readonly configPath: string;
  readonly kubeconfigPath: string;
  readonly urls: {
    /** By canonical host name. */
    readonly registries: Readonly<Record<string, string>>;
    /** By cluster name. */
    readonly clusters: Readonly<Record<string, string>>;
    /** Takes `POST /lab/faults`; see `control.ts`. */
    readonly control: string;
    /** The trust server of Docker Content Trust. */
    readonly notary: string;
  };
  readonly plan: LabPlan;
  readonly registries: ReadonlyMap<RegistryHost, LabRegistry>;
  readonly clusters: ReadonlyMap<string, LabKubernetes>;
  /** What was planted, and what a complete scan must find. */
  manifest(): PlantedManifest;
  close(): Promise<void>;
}

/**
 * Plans, signs and serves a lab, and writes the configuration with which it is looked at. Signatures
 * are made anew each time; digests, workloads and findings follow from the seed.
 */
export async function runLab(options: LabOptions): Promise<Lab> {
  const { faults, dir } = options;
  const plan = makePlan({ ...options, ...(faults !== undefined && { slowFaults: faults }) });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of closers.splice(0).reverse()) await stop();
  };
  try {
    const servers = await startServers(plan, portsFrom(options.ports), closers);
    const { registries, clusters } = servers;
    if (options.live) {
      const stop = startLife({ plan, registries, clusters });
      closers.push(async () => stop());
    }
    await writeFiles(dir, plan, servers);
    return {
      configPath: path.join(dir, labFiles.config),
      kubeconfigPath: path.join(dir, labFiles.kubeconfig),
      urls: {
        registries: Object.fromEntries([...registries].map(([host, { url }]) => [host, url])),
        clusters: Object.fromEntries([...clusters].map(([name, { url }]) => [name, url])),
        control: servers.control.url,
        notary: servers.notary.url,
      },
      plan,
      registries,
      clusters,
      manifest: () => plantedManifest(plan),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Servers {
  readonly registries: ReadonlyMap<RegistryHost, LabRegistry>;
  readonly clusters: ReadonlyMap<string, LabKubernetes>;
  readonly control: Control;
  readonly password: string;
  /** Bearer token of every cluster. */
  readonly token: string;
  readonly notary: LabNotary;
  readonly trust: PublishedTrust;
}

/** Starts every server and fills it; what was started so far is in `closers`, whatever happens. */
async function startServers(
  plan: LabPlan,
  portOf: (index: number) => number,
  closers: (() => Promise<void>)[],
): Promise<Servers> {
  const password = randomBytes(12).toString('base64url');
  const token = randomBytes(12).toString('base64url');
  const registries = new Map<RegistryHost, LabRegistry>();
  for (const host of hostsOf(plan)) {
    const registry = await startRegistry(host, password, portOf(closers.length));
    closers.push(() => registry.close());
    registries.set(host, registry);
  }
  const signing = await startSigning();
  const admissionOf = admissionWith(plan, signing);
  const byCluster = Map.groupBy(plan.workloads, ({ cluster }) => cluster);
  const clusters = new Map<string, LabKubernetes>();
  for (const name of plan.clusters) {
    const objects = clusterObjects(name, byCluster.get(name) ?? [], admissionOf(name));
    const port = portOf(closers.length);
    const cluster = await startKubernetesApi({ name, port, token, objects });
    closers.push(() => cluster.close());
    clusters.set(name, cluster);
  }
  const control = await startControl(registries, clusters, portOf(closers.length));
  closers.push(() => control.close());
  const notary = await startNotary(portOf(closers.length));
  closers.push(() => notary.close());
  const trust = await publishImages(plan, registries, notary, signing);
  plantFaults(plan.images, registries);
  return { registries, clusters, control, notary, password, token, trust };
}

/** Admission of each cluster of the plan, with the keys of this lab. */
function admissionWith(plan: LabPlan, { sigstore, signers }: SigningServices) {
  const truth = imageTruth(plan.images, plan.repositories);
  const material = {
    publicKeys: signers.publicKeys,
    trustedRoot: sigstore.trustedRootJson,
    webhookCa: signers.pkiRootPem,
  };
  return (cluster: string): ClusterAdmission | undefined => {
    const planned = plan.admission.find((one) => one.cluster === cluster);
    if (planned === undefined) return undefined;
    return { planned, material, decisionsOf: (workload) => decisionsOf(planned, truth, workload) };
  };
}

const portsFrom =
  (first = 0) =>
  (index: number): number =>
    first === 0 ? 0 : first + index;

async function writeFiles(dir: string, plan: LabPlan, servers: Servers): Promise<void> {
  const { registries, clusters, token, password, trust } = servers;
  await mkdir(dir, { recursive: true });
  const endpoints = new Map([...registries].map(([host, { url }]) => [host, url]));
  const contentTrust = { server: servers.notary.url, rootKeys: trust.pinnedRootKeys };
  const entries = [...clusters].map(([name, { url }]) => ({ name, url, token }));
  const keyFiles = Object.entries(labFiles.keys) as [keyof Signers['publicKeys'], string][];
  const files: Readonly<Record<string, string>> = {
    [labFiles.kubeconfig]: kubeconfigOf(entries),
    [labFiles.trustedRoot]: trust.trustedRoot,
    [labFiles.notationRoot]: trust.notationRoot,
    [labFiles.pkiRoot]: trust.pkiRoot,
    [labFiles.timestampChain]: trust.timestampChain,
    [labFiles.password]: password,
    ...Object.fromEntries(keyFiles.map(([name, file]) => [file, trust.publicKeys[name]])),
    // Last: whoever waits for it finds the others in place.
    [labFiles.config]: labConfig(plan, { endpoints, contentTrust }),
  };
  for (const [name, text] of Object.entries(files))
    await writeFile(path.join(dir, name), text, { mode: 0o600 });
}
