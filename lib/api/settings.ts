import 'server-only';
import { authorityFindingRow } from '#lib/contract/authority-findings.ts';
import type { Settings } from '#lib/contract/overview.ts';
import { limits } from '#lib/model/limits.ts';
import { server } from '#lib/wiring/server.ts';
import { authorityRow } from './authority-row.ts';
import { version } from './version.ts';

/** What is configured, what it comes to, and what is wrong with it; no secret is in it. */
export async function readSettings(): Promise<Settings> {
  const current = await server();
  const { store, configuration } = current;
  const [uses, trust] = await Promise.all([store.authorityUse(), current.trustRoots()]);
  return {
    version,
    verifierVersion: current.verifierVersion,
    configPath: configuration.path ?? null,
    database: { kind: store.kind, location: store.location },
    problems: [
      ...current.problems(),
      ...trust.problems.map(({ name, detail }) => ({
        where: `trust root ${name}`,
        message: detail,
      })),
    ],
    clusters: configuration.clusters.map((cluster) => ({
      name: cluster.name,
      kind: cluster.kind,
      detail: [
        'path' in cluster && cluster.path,
        'context' in cluster && cluster.context && `context ${cluster.context}`,
        cluster.namespaces && `namespaces ${cluster.namespaces.join(', ')}`,
        cluster.pullSecrets && `${cluster.pullSecrets.length} pull secrets`,
      ]
        .filter(Boolean)
        .join(', '),
    })),
    registries: configuration.hosts.map((host) => ({
      host: host.host,
      credentials: host.credentials?.label ?? null,
      detail: [
        host.endpoint && `reached at ${host.endpoint}`,
        host.insecure && 'insecure',
        host.ca && 'own certificate authority',
      ]
        .filter(Boolean)
        .join(', '),
    })),
    authorities: configuration.authorities.map((authority) =>
      authorityRow(authority, uses.get(authority.name) ?? 0),
    ),
    trustRoots: trust.roots.map((root) => ({
      name: root.name,
      origin: root.origin,
      revision: root.revision,
      asOf: root.asOf,
      expiresAt: root.expiresAt ?? null,
      stale: root.stale?.detail ?? null,
    })),
    findings: current.findings(trust.roots).map(authorityFindingRow),
    limits: Object.entries(limits).map(([name, value]) => ({
      name,
      value: [value].flat().join(' to '),
    })),
  };
}
