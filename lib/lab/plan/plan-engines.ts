import type { Service } from './names.ts';
import type { PlannedImage, PlannedRepository, PlannedWorkload } from './plan.ts';
import { planImage } from './plan-images.ts';
import { declare } from './plan-workloads.ts';
import type { RecipeName } from './recipes.ts';
import { zones } from './zones.ts';

/** A part of an admission engine that runs in one cluster. */
interface EnginePart {
  /** Place of the cluster among those of the lab. */
  readonly cluster: number;
  readonly namespace: string;
  readonly workload: string;
  readonly container: string;
  /** Under the prefix of the mirror. */
  readonly repository: string;
  readonly version: string;
  readonly args: readonly string[];
}

const part = (
  cluster: number,
  place: string,
  image: string,
  args: readonly string[] = [],
): EnginePart => {
  const [namespace = '', workload = '', container = workload] = place.split('/');
  const [repository = '', version = ''] = image.split(':');
  return { cluster, namespace, workload, container, repository, version, args };
};

/** Engines of several versions, as their charts install them. */
const parts: readonly EnginePart[] = [
  part(0, 'kyverno/kyverno-admission-controller/kyverno', 'kyverno/kyverno:v1.14.4', [
    '--enablePolicyException=true',
    '--exceptionNamespace=*',
    '--forceFailurePolicyIgnore=false',
  ]),
  part(0, 'kyverno/kyverno-reports-controller/controller', 'kyverno/reports-controller:v1.14.4', [
    '--enablePolicyException=true',
    '--exceptionNamespace=*',
  ]),
  part(0, 'gatekeeper-system/gatekeeper-controller-manager/manager', gatekeeper('v3.18.2'), [
    '--operation=webhook',
    '--exempt-namespace=gatekeeper-system',
  ]),
  part(0, 'gatekeeper-system/gatekeeper-audit/manager', gatekeeper('v3.18.2'), [
    '--operation=audit',
    '--constraint-violations-limit=20',
  ]),
  part(0, 'gatekeeper-system/ratify', 'ratify-project/ratify:v1.4.0'),
  part(1, 'kyverno/kyverno-admission-controller/kyverno', 'kyverno/kyverno:v1.19.0', [
    '--enablePolicyException=true',
    '--exceptionNamespace=kyverno',
  ]),
  part(1, 'kyverno/kyverno-reports-controller/controller', 'kyverno/reports-controller:v1.19.0', [
    '--enablePolicyException=true',
    '--exceptionNamespace=kyverno',
    '--openreportsEnabled=true',
  ]),
  part(1, 'cosign-system/policy-controller-webhook', 'sigstore/policy-controller:v0.13.0'),
  part(1, 'gatekeeper-system/gatekeeper-audit/manager', gatekeeper('v3.14.0'), [
    '--operation=audit',
  ]),
  part(2, 'cosign-system/policy-controller-webhook', 'sigstore/policy-controller:v0.15.1'),
  part(2, 'portieris/portieris', 'portieris/portieris:v0.14.0'),
  part(2, 'connaisseur/connaisseur-deployment/connaisseur', 'sse/connaisseur:v3.10.0'),
  part(2, 'kubewarden/policy-server-default', 'kubewarden/policy-server:v1.31.0'),
];

function gatekeeper(version: string): string {
  return `openpolicyagent/gatekeeper:${version}`;
}

/** The projects that publish engines, as the configuration of the lab names who may sign them. */
export const engineProjects: readonly string[] = [
  ...new Set(parts.map(({ repository }) => repository.split('/')[0] ?? '')),
];

/** Images and workloads of the engines. */
export interface PlannedEngines {
  readonly images: readonly PlannedImage[];
  readonly repositories: ReadonlyMap<string, PlannedRepository>;
  readonly workloads: readonly PlannedWorkload[];
}

/** Plans the engines of the first clusters; further clusters have none. */
export function planEngines(clusters: readonly string[], seed: number): PlannedEngines {
  const images = new Map<string, PlannedImage>();
  const imageOf = ({ repository, version }: EnginePart): PlannedImage => {
    const key = `${repository}:${version}`;
    const image = images.get(key) ?? engineImage(repository, version, seed);
    images.set(key, image);
    return image;
  };
  const workloads = parts.flatMap((one): PlannedWorkload[] => {
    const cluster = clusters[one.cluster];
    const image = imageOf(one);
    if (cluster === undefined) return [];
    return [
      {
        cluster,
        namespace: one.namespace,
        team: 'platform',
        kind: 'Deployment',
        name: one.workload,
        pods: 1,
        containers: [
          {
            name: one.container,
            kind: 'main',
            declared: declare(image, 'tag-and-digest'),
            args: one.args,
            runs: [{ state: 'digest', target: image, pods: 1 }],
          },
        ],
      },
    ];
  });
  const planned = [...images.values()];
  return { images: planned, repositories: repositoriesOf(planned), workloads };
}

const recipe: RecipeName = 'upstream';

function engineImage(name: string, version: string, seed: number): PlannedImage {
  const service: Service = {
    namespace: 'platform-tools',
    team: 'platform',
    zone: 'upstream',
    meshed: false,
    name,
    repository: `${zones.upstream.prefix}${name}`,
  };
  return planImage(service, { version, build: 1, recipe, seed });
}

const repositoriesOf = (images: readonly PlannedImage[]): ReadonlyMap<string, PlannedRepository> =>
  new Map(
    [...Map.groupBy(images, ({ host, repository }) => `${host}/${repository}`)].map(
      ([key, [first, ...more]]) => {
        const image = first as PlannedImage;
        const tags = new Map([first as PlannedImage, ...more].map((one) => [one.version, one]));
        return [key, { host: image.host, repository: image.repository, tags }];
      },
    ),
  );
