import type { LabPlan, PlannedImage } from './plan/plan.ts';
import { type PlannedFault, recipeOf } from './plan/recipes.ts';
import { hosts, type RegistryHost } from './plan/zones.ts';
import type { RegistryFault } from './registry/registry-faults.ts';
import { type LabRegistry, startLabRegistry } from './registry/registry-server.ts';

/** How each registry of the lab behaves when it is well. */
const behaviour = {
  [hosts.ghcr]: { referrersApi: true, auth: 'token', lists: true },
  [hosts.registry]: { referrersApi: false, auth: 'basic', lists: true },
  [hosts.mirror]: { referrersApi: true, auth: 'none', lists: false },
  [hosts.hub]: { referrersApi: false, auth: 'none', lists: false },
  [hosts.artifacts]: { referrersApi: false, auth: 'none', lists: false },
  [hosts.old]: { referrersApi: false, auth: 'none', lists: false },
  [hosts.slow]: { referrersApi: false, auth: 'none', lists: false },
} as const satisfies Record<
  RegistryHost,
  { referrersApi: boolean; auth: 'none' | 'basic' | 'token'; lists: boolean }
>;

/** The user that the lab's configuration names; the password is made anew for each lab. */
export const labUser = 'lab';

/** True where the lab's configuration gives credentials. */
export const needsLogin = (host: RegistryHost): boolean => behaviour[host].auth !== 'none';

export const hasReferrersApi = (host: RegistryHost): boolean => behaviour[host].referrersApi;

/** Faults of a whole host and of single repositories. */
const faults: Readonly<Record<PlannedFault, RegistryFault>> = {
  unauthorized: { kind: 'unauthorized' },
  forbidden: { kind: 'forbidden' },
  hidden: { kind: 'hidden' },
  'rate-limited': { kind: 'rate-limited', retryAfter: '900' },
  'server-error': { kind: 'broken' },
  reset: { kind: 'reset' },
  'wrong-bytes': { kind: 'wrong-digest' },
  timeout: { kind: 'silent' },
  endless: { kind: 'endless-body' },
};
const ofWholeHost: ReadonlySet<PlannedFault> = new Set([
  'rate-limited',
  'server-error',
  'reset',
  'timeout',
]);

/** The hosts that the plan names, in a fixed order. */
export const hostsOf = (plan: LabPlan): RegistryHost[] =>
  Object.values(hosts).filter((host) => plan.images.some((image) => image.host === host));

/** Starts the registry of a host; one that asks for a login knows {@link labUser} by the password. */
export function startRegistry(
  host: RegistryHost,
  password: string,
  port: number,
): Promise<LabRegistry> {
  const users = needsLogin(host) ? [{ username: labUser, password }] : [];
  return startLabRegistry({ name: host, port, users, ...behaviour[host] });
}

/** Lets the repositories fail whose images are planned to be out of reach. */
export function plantFaults(
  images: readonly PlannedImage[],
  registries: ReadonlyMap<RegistryHost, LabRegistry>,
): void {
  for (const { host, repository, recipe } of images) {
    const { fault } = recipeOf(recipe);
    if (!fault) continue;
    const match = ofWholeHost.has(fault) ? { path: /^\/v2\// } : { repository };
    registries.get(host)?.setFault(match, faults[fault]);
  }
}
