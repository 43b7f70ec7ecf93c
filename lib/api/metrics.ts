import 'server-only';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { bandOrder } from '#lib/model/verdict.ts';
import { server } from '#lib/wiring/server.ts';

const noScope = { cluster: [], namespace: [], team: [] };
let defaults: Registry | undefined;

/** The posture and the process as Prometheus text: every number is read when it is asked for. */
export async function metricsText(): Promise<string> {
  if (defaults === undefined) {
    defaults = new Registry();
    collectDefaultMetrics({ register: defaults });
  }
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const { store } = await server();

  const overview = await store.overview(noScope, new Date());
  const containers = gauge(
    'sealwatch_containers',
    'Running containers by cluster and verdict status',
    ['cluster', 'status'],
  );
  for (const { name, counts } of overview.byCluster)
    for (const status of bandOrder) containers.set({ cluster: name, status }, counts[status]);

  const age = gauge('sealwatch_source_age_seconds', 'Time since a source last gave us the truth', [
    'kind',
    'source',
  ]);
  const up = gauge('sealwatch_source_current', '1 while a source is current or scanning', [
    'kind',
    'source',
  ]);
  for (const { kind, name, asOf, state } of await store.sources()) {
    if (asOf !== null) age.set({ kind, source: name }, (Date.now() - Date.parse(asOf)) / 1000);
    up.set({ kind, source: name }, state === 'current' || state === 'scanning' ? 1 : 0);
  }

  const requests = gauge('sealwatch_registry_requests', 'Requests to a registry since start', [
    'host',
    'outcome',
  ]);
  for (const { host, requests: sent, failures, rateLimited } of await store.registries()) {
    requests.set({ host, outcome: 'sent' }, sent);
    requests.set({ host, outcome: 'failed' }, failures);
    requests.set({ host, outcome: 'rate-limited' }, rateLimited);
  }
  return `${await defaults.metrics()}\n${await registry.metrics()}`;
}
