import { specimenZones, type Zone, zones } from './zones.ts';

/** Images that many workloads carry beside their own. */
export const sharedNames = [
  'mesh-proxy',
  'mesh-init',
  'log-forwarder',
  'secrets-agent',
  'node-agent',
] as const;
export type SharedName = (typeof sharedNames)[number];

/** A service: where it runs, who owns it, where its images lie. */
export interface Service {
  readonly namespace: string;
  readonly team: string;
  readonly zone: Zone;
  /** True where pods get the mesh and log containers. */
  readonly meshed: boolean;
  readonly name: string;
  /** Repository inside its registry. */
  readonly repository: string;
}

interface Names {
  readonly namespace: string;
  readonly team: string;
  readonly zone: Zone;
  readonly meshed: boolean;
  /** `name`, or `name@zone` where one service comes from elsewhere. */
  readonly services: readonly string[];
}

const of = (
  namespace: string,
  team: string,
  zone: Zone,
  services: string,
  meshed = zone === 'acme',
): Names => ({ namespace, team, zone, meshed, services: services.split(' ') });

/** The fleet as people would name it. */
const fleet: readonly Names[] = [
  of('payments', 'payments', 'acme', 'api ledger fraud-check webhooks reconciler payouts'),
  of('checkout', 'storefront', 'acme', 'cart pricing tax session basket-sync'),
  of('search', 'discovery', 'acme', 'query indexer suggest ranker synonyms'),
  of('identity', 'identity', 'acme', 'login directory mfa consent tokens'),
  of('catalog', 'discovery', 'acme', 'products media inventory importer'),
  of('shipping', 'logistics', 'acme', 'rates labels tracking dispatch@artifacts'),
  of('notifications', 'messaging', 'acme', 'mailer push sms templates'),
  of('support', 'customer-care', 'acme', 'tickets chat knowledge-base@old'),
  of('reporting', 'analytics', 'acme', 'builder exporter scheduler'),
  of('data', 'data-platform', 'data', 'warehouse stream-processor feature-store loader cache@hub'),
  of('ingress', 'platform', 'edge', 'gateway waf rate-limiter'),
  of('observability', 'platform', 'upstream', 'prometheus collector dashboards'),
  of('kube-system', 'platform', 'upstream', 'coredns metrics-server etcd kube-apiserver'),
  of(
    'platform-tools',
    'platform',
    'platform',
    'autoscaler backup cost-reporter image-cleaner policy-agent quota-keeper dns-sync job-runner',
  ),
  of('partners', 'partnerships', 'partners', 'northwind-sync edi-bridge'),
  of('finance', 'finance', 'finance', 'close-books invoicing audit-export'),
  of('sandbox', 'developer-experience', 'thirdparty', 'nginx postgres rabbitmq redis@hub'),
  of(
    'licensing',
    'procurement',
    'notation',
    'license-server entitlements seat-manager usage-meter trial-keys',
  ),
  of('intranet', 'office-it', 'classic', 'wiki phonebook canteen-menu@retired'),
  of('treasury', 'finance', 'treasury', 'settlement cash-forecast'),
  of('vault', 'security', 'vault', 'unsealer key-rotation'),
];

const slowFleet: readonly Names[] = [
  of('batch', 'analytics', 'slow', 'render transcode'),
  of('sandbox', 'developer-experience', 'endless', 'scratch'),
];

/** The zones that exist for their faults and gaps: they do not grow with the lab. */
const fixedZones: ReadonlySet<Zone> = new Set([
  'partners',
  'finance',
  'upstream',
  'edge',
  'thirdparty',
  'hub',
  'artifacts',
  'old',
  ...specimenZones,
]);

const clusters = [
  'prod-eu',
  'prod-us',
  'staging',
  'prod-ap',
  'prod-sa',
  'prod-uk',
  'edge-north',
  'edge-south',
  'batch',
  'dev',
];

/** The name of the cluster at that place. */
export const clusterName = (index: number): string => clusters[index] ?? `cluster-${index + 1}`;

/** At least `count` services; the names repeat with a number once they are used up. */
export function planServices(count: number, slowFaults: boolean): Service[] {
  const base = servicesOf(fleet);
  const grown = Array.from({ length: Math.max(0, count - base.length) }, (_, index) =>
    repeated(base[index % base.length] as Service, Math.floor(index / base.length) + 2),
  );
  return [...base, ...grown, ...(slowFaults ? servicesOf(slowFleet) : [])];
}

const servicesOf = (names: readonly Names[]): Service[] =>
  names.flatMap(({ namespace, team, zone: ownZone, meshed, services }) =>
    services.map((text) => {
      const [name = text, zone = ownZone] = text.split('@') as [string, Zone?];
      return {
        namespace,
        team,
        zone,
        meshed,
        name,
        repository: repositoryOf(zone, namespace, name),
      };
    }),
  );

function repeated(service: Service, round: number): Service {
  const zone = fixedZones.has(service.zone) ? 'acme' : service.zone;
  const namespace = `${service.namespace}-${round}`;
  const suffixed = zone === 'acme' ? service.name : `${service.name}-${round}`;
  return { ...service, zone, namespace, repository: repositoryOf(zone, namespace, suffixed) };
}

const repositoryOf = (zone: Zone, namespace: string, name: string): string =>
  zones[zone].prefix + (zone === 'acme' ? `${namespace}/${name}` : name);
