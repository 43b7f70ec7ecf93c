import { describe, expect, it } from 'vitest';
import { pinPatch, type WorkloadToPin } from './pin-patch.ts';
import { parseReference } from './reference.ts';

const one = `sha256:${'1'.repeat(64)}`;
const two = `sha256:${'2'.repeat(64)}`;
const use = (change: Partial<WorkloadToPin['uses'][number]> = {}) => ({
  container: 'web',
  kind: 'main' as const,
  declared: 'ghcr.io/acme/web:1.2',
  pin: 'tag' as const,
  digest: one,
  ...change,
});
const workload = (kind: string, ...uses: WorkloadToPin['uses'][number][]): WorkloadToPin => ({
  apiVersion: 'apps/v1',
  kind,
  namespace: 'shop',
  name: 'web',
  uses,
});

describe('pinPatch', () => {
  it('writes the digest that runs behind the tag', () => {
    expect(pinPatch(workload('Deployment', use()))).toBe(
      [
        '--- apps/v1 Deployment shop/web',
        '+++ apps/v1 Deployment shop/web',
        '@@ spec.template.spec.containers[name=web] @@',
        '- image: ghcr.io/acme/web:1.2',
        `+ image: ghcr.io/acme/web:1.2@${one}`,
        '',
      ].join('\n'),
    );
  });

  it('writes a reference that parses to the same repository and that digest', () => {
    const pinned = /^\+ image: (.*)$/m.exec(pinPatch(workload('Deployment', use())) ?? '')?.[1];
    expect(parseReference(pinned ?? '')).toEqual({
      ok: true,
      reference: { registry: 'ghcr.io', repository: 'acme/web', tag: '1.2', digest: one },
    });
  });

  it.each([
    ['CronJob', 'main', 'spec.jobTemplate.spec.template.spec.containers[name=web]'],
    ['Pod', 'main', 'spec.containers[name=web]'],
    ['StatefulSet', 'init', 'spec.template.spec.initContainers[name=web]'],
    ['DaemonSet', 'sidecar', 'spec.template.spec.initContainers[name=web]'],
    ['Deployment', 'image-volume', 'spec.template.spec.volumes[name=web]'],
  ] as const)('finds the place in a %s for a container of kind %s', (kind, container, path) => {
    expect(pinPatch(workload(kind, use({ kind: container })))).toContain(`@@ ${path} @@`);
  });

  it.each([
    ['is pinned already', workload('Deployment', use({ pin: 'tag-and-digest' }))],
    ['runs no known digest', workload('Deployment', use({ digest: null }))],
    ['is ephemeral', workload('Pod', use({ kind: 'ephemeral' }))],
    ['runs different digests', workload('Deployment', use(), use({ digest: two }))],
    ['is of a kind whose template we do not know', workload('Database', use())],
    ['is of a kind named like a member of every object', workload('constructor', use())],
  ])('writes nothing for a container that %s', (_, given) => {
    expect(pinPatch(given)).toBeNull();
  });

  it('still pins the neighbour of a container whose replicas differ', () => {
    const patch = pinPatch(
      workload('Deployment', use(), use({ digest: two }), use({ container: 'log', digest: two })),
    );
    expect(patch).toContain('containers[name=log]');
    expect(patch).not.toContain('containers[name=web]');
  });
});
