import { apiVersionOf, type ServedKind } from './kubernetes-object.ts';

/**
 * What an API server answers of itself under a path: its version, its groups, the kinds of a group in a
 * version. Undefined where there is nothing under the path. Only the plain form: whoever asks for
 * aggregated discovery gets this one too, as from an older server.
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export function discoveryOf(served: readonly ServedKind[], pathname: string): unknown {
  const [first, ...path] = pathname.split('/').slice(1).filter(Boolean);
  if (first === 'version' && path.length === 0)
    return { major: '1', minor: '36', gitVersion: 'v1.36.2' };
  if (first === 'api') return coreOf(served, path);
  if (first !== 'apis') return undefined;
  const [group, version, ...rest] = path;
  if (rest.length > 0) return undefined;
  if (group === undefined) return groupList(served);
  const own = served.filter((one) => one.group === group && group !== '');
  if (own.length === 0) return undefined;
  if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, own) };
  return resourceList(own, group, version);
}

function coreOf(served: readonly ServedKind[], [version, ...rest]: readonly string[]): unknown {
  if (version === undefined)
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.1:6443' }],
    };
  if (rest.length > 0) return undefined;
  return resourceList(
    served.filter(({ group }) => group === ''),
    '',
    version,
  );
}

const groupList = (served: readonly ServedKind[]) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...Map.groupBy(served, ({ group }) => group)]
    .filter(([group]) => group !== '')
    .map(([group, own]) => groupOf(group, own)),
});

function groupOf(group: string, own: readonly ServedKind[]) {
  const versions = [...new Set(own.flatMap((one) => one.versions))]
    .sort(byPriority)
    .map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceList(own: readonly ServedKind[], group: string, version: string): unknown {
  const here = own.filter(({ versions }) => versions.includes(version));
  if (here.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(group, version),
    resources: here.flatMap(({ plural, kind, namespaced }) => [
      { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs },
      { name: `${plural}/status`, singularName: '', namespaced, kind, verbs: statusVerbs },
    ]),
  };
}

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const statusVerbs = ['get', 'patch', 'update'];

/** Stable versions before beta before alpha, and later ones first, as the API server orders them. */
function byPriority(one: string, other: string): number {
  const [a, b] = [rankOf(one), rankOf(other)];
  return b.stability - a.stability || b.major - a.major || b.minor - a.minor;
}

const stabilities = ['alpha', 'beta', ''];

function rankOf(version: string) {
  const [, major, stability = '', minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  return {
    stability: stabilities.indexOf(stability),
    major: Number(major ?? 0),
    minor: Number(minor ?? 0),
  };
}
