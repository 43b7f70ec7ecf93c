/** Strings that would act if a page took them for more than text; each would open a dialog. */
export const hostileStrings = {
  script: '</script><script>alert(1)</script>',
  image: '"><img src=x onerror=alert(2)>',
  link: 'javascript:alert(3)',
  overridden: 'safe\u202egnp.exe',
} as const;

const long = 'a-name-that-somebody-let-grow-until-no-column-and-no-card-could-hold-it-on-one-line';

export const longNames = {
  namespace: `namespace-${long}`,
  workload: `workload-${long}-${long}`,
} as const;

/** What `kubectl get pods -A -o json` prints for a cluster whose owner wishes us ill. */
export function hostilePods() {
  const image = `registry.invalid/${long}/${long}/${long}:v1.2.3-${long}`;
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      pod({ name: hostileStrings.script, team: hostileStrings.image, image }),
      pod({ name: hostileStrings.image, team: hostileStrings.script, image }),
      pod({ name: 'bad-image', team: hostileStrings.link, image: hostileStrings.image }),
      pod({ name: hostileStrings.link, team: hostileStrings.overridden, image }),
      pod({ name: hostileStrings.overridden, team: 'security', image }),
      pod({ name: longNames.workload, namespace: longNames.namespace, team: long, image }),
    ],
  };
}

interface PodFacts {
  readonly name: string;
  readonly team: string;
  readonly image: string;
  readonly namespace?: string;
}

function pod({ name, team, image, namespace = 'default' }: PodFacts) {
  const container = hostileStrings.image;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      labels: { team },
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { nodeName: 'node-1', containers: [{ name: container, image }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: container,
          image,
          imageID: `registry.invalid/hostile@sha256:${'0123456789abcdef'.repeat(4)}`,
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
        },
      ],
    },
  };
}
