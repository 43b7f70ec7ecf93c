import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { admissionGroups, engineConfigMaps } from './admission-kinds.ts';
import { resources } from './resources.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}
const documents = parseAllDocuments(
  readFileSync(new URL('../../../deploy/rbac.yaml', import.meta.url), 'utf8'),
).map((document) => document.toJS() as { readonly kind: string; readonly rules?: Rule[] });
const rules = documents.find(({ kind }) => kind === 'ClusterRole')?.rules ?? [];

const rulesFor = (group: string, plural: string): readonly Rule[] =>
  rules.filter(
    (rule) =>
      rule.apiGroups.includes(group) &&
      (rule.resources.includes(plural) || rule.resources.includes('*')),
  );

describe('the ClusterRole that is handed out', () => {
  it('grants reading and nothing else, and no secrets', () => {
    const all = documents.flatMap((one) => one.rules ?? []);
    const verbs = new Set(all.flatMap((rule) => rule.verbs));
    expect([...verbs].sort()).toEqual(['get', 'list', 'watch']);
    expect(rulesFor('', 'secrets')).toEqual([]);
    expect(rules.some(({ apiGroups }) => apiGroups.includes('*'))).toBe(false);
  });

  it.each(resources.map(({ apiVersion, plural }) => [apiVersion, plural]))(
    'grants to watch what is watched: %s %s',
    (apiVersion, plural) => {
      const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
      expect(rulesFor(group, plural).flatMap(({ verbs }) => verbs)).toEqual(
        expect.arrayContaining(['list', 'watch']),
      );
    },
  );

  it.each(admissionGroups.map((group) => [group.name, group] as const))(
    'grants to list what decides at admission: %s',
    (name, { only, reports }) => {
      const found = rules.filter(({ apiGroups }) => apiGroups.includes(name));
      expect(found).toHaveLength(1);
      expect(found[0]?.verbs).toEqual(['get', 'list']);
      if (only === undefined && reports === undefined) expect(found[0]?.resources).toEqual(['*']);
      else expect(found[0]?.resources).toHaveLength(only?.length ?? 2);
    },
  );

  it('grants the config maps of engines by name', () => {
    expect(rulesFor('', 'configmaps').map(({ resourceNames }) => resourceNames)).toEqual([
      engineConfigMaps.map(({ name }) => name),
    ]);
    expect(rulesFor('', 'services')).toHaveLength(1);
    expect(rulesFor('discovery.k8s.io', 'endpointslices')).toHaveLength(1);
  });
});
