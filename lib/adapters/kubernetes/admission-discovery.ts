import { z } from 'zod';
import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ReadProblem } from '#lib/ports/cluster.ts';
import { type AdmissionGroup, admissionGroups, isWantedKind } from './admission-kinds.ts';
import type { ApiClient } from './api-client.ts';

/** A resource of an admission group, in the version in which it is read. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly reports: boolean;
}

/** What an API server serves of admission. */
export interface ServedAdmission {
  readonly kinds: readonly ServedKind[];
  /** Names of all groups with their versions, those that are not read too. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly ReadProblem[];
}

const GroupList = z.object({
  groups: z.array(
    z.object({ name: z.string(), versions: z.array(z.object({ version: z.string() })) }),
  ),
});

const ResourceList = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      kind: z.string().min(1),
      namespaced: z.boolean(),
      verbs: z.array(z.string()).default([]),
    }),
  ),
});

/** A plural becomes part of a path; a name with a slash is a part of another resource. */
const plural = /^[a-z][-a-z0-9]*$/;

/**
 * Asks which resources of the admission groups are served, each in one version only. A version that
 * does not tell what it serves is a problem; without the list of groups there is no reading.
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 * @throws OperationalError cluster-*
 */
export async function discoverAdmission(
  client: ApiClient,
  signal: AbortSignal,
): Promise<ServedAdmission> {
  const list = GroupList.safeParse(
    await client.json({ path: '/apis', signal, cap: limits.listBytes }),
  );
  if (!list.success)
    throw new OperationalError('cluster-error', 'GET /apis: the answer is not a list of groups', {
      retryable: true,
    });
  const groups = new Map(
    list.data.groups.map(({ name, versions }) => [name, versions.map(({ version }) => version)]),
  );
  const problems: ReadProblem[] = [];
  const kinds: ServedKind[] = [];
  for (const group of admissionGroups) {
    const served = await kindsOf(client, group, groups.get(group.name) ?? [], problems, signal);
    for (const one of served) kinds.push(one);
  }
  return { kinds, groups, problems };
}

async function kindsOf(
  client: ApiClient,
  group: AdmissionGroup,
  versions: readonly string[],
  problems: ReadProblem[],
  signal: AbortSignal,
): Promise<Iterable<ServedKind>> {
  const found = new Map<string, ServedKind>();
  const known = group.versions.filter((version) => versions.includes(version));
  const others = versions.filter((version) => !known.includes(version));
  for (const version of [...known, ...others]) {
    const apiVersion = `${group.name}/${version}`;
    try {
      for (const one of await resourcesOf(client, apiVersion, signal))
        if (isWantedKind(group, one.kind) && !found.has(one.plural))
          found.set(one.plural, { ...one, reports: group.reports === true });
    } catch (error) {
      if (!(error instanceof OperationalError) || stopsAll(error)) throw error;
      problems.push({ what: `/apis/${apiVersion}`, reason: error.code, detail: error.message });
    }
  }
  return found.values();
}

/** Nobody answers, or nobody lets us in: the next request would fare no better. */
const stopsAll = ({ code }: OperationalError): boolean =>
  code === 'cluster-unreachable' || code === 'cluster-unauthorized';

async function resourcesOf(client: ApiClient, apiVersion: string, signal: AbortSignal) {
  const path = `/apis/${apiVersion.split('/').map(encodeURIComponent).join('/')}`;
  const body = await client.json({ path, signal, cap: limits.listBytes, verbs: 'get' });
  const list = ResourceList.safeParse(body);
  if (!list.success)
    throw new OperationalError('cluster-error', `GET ${path}: the answer is no list of resources`);
  return list.data.resources
    .filter(({ name, verbs }) => plural.test(name) && verbs.includes('list'))
    .map(({ name, kind, namespaced }) => ({ apiVersion, kind, plural: name, namespaced }));
}
