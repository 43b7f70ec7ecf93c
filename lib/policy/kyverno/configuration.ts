import { z } from 'zod';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { readObject } from '#lib/policy/object.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import type { PolicyReader } from '#lib/policy/policy-object.ts';
import { refusedValue } from '#lib/policy/refused-value.ts';
import { LabelSelector } from '#lib/policy/selector.ts';

/** Objects that Kyverno leaves alone, each part a wildcard. */
export interface ResourceFilterEntry {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The settings of Kyverno that change which objects it looks at. */
export interface KyvernoConfiguration {
  readonly type: 'kyverno-configuration';
  readonly resourceFilters: readonly ResourceFilterEntry[];
  readonly defaultRegistry: string;
  readonly enableDefaultRegistryMutation: boolean;
  readonly excludeGroups: readonly string[];
  readonly excludeUsernames: readonly string[];
  readonly excludeRoles: readonly string[];
  readonly excludeClusterRoles: readonly string[];
  /** Of its webhooks. */
  readonly namespaceSelector?: LabelSelector;
  /** CEL conditions of its webhooks, by name. */
  readonly matchConditions: readonly string[];
}

/** What holds where nothing is configured. */
export const defaultKyvernoConfiguration: KyvernoConfiguration = {
  type: 'kyverno-configuration',
  resourceFilters: [],
  defaultRegistry: 'docker.io',
  enableDefaultRegistryMutation: true,
  excludeGroups: [],
  excludeUsernames: [],
  excludeRoles: [],
  excludeClusterRoles: [],
  matchConditions: [],
};

const kinds = { group: '', kinds: ['ConfigMap'], versions: ['v1'] } as const;
const ConfigMap = z.looseObject({ data: z.record(z.string(), z.string()).default({}) });
const Webhooks = z.union([
  z.looseObject({ namespaceSelector: LabelSelector.optional() }),
  z
    .array(z.looseObject({ namespaceSelector: LabelSelector.optional() }))
    .transform((list) => list[0] ?? {}),
]);
const MatchConditions = z.array(z.looseObject({ name: z.string() }));

/** Reads the ConfigMap `kyverno`. */
export const kyvernoConfigurationReader: PolicyReader<KyvernoConfiguration> = {
  ...kinds,
  names: ['kyverno'],
  read: (cluster, document) => {
    const read = readObject(cluster, document, kinds, ConfigMap);
    if (read.kind === 'refused') return read;
    const { head, body } = read.value;
    const { data } = body;
    const webhooks = parsed(Webhooks, data['webhooks']);
    const conditions = parsed(MatchConditions, data['matchConditions']);
    const problems = [
      ...(webhooks === 'malformed'
        ? [refusedValue('data.webhooks', data['webhooks'], 'is not what webhooks look like')]
        : []),
      ...(conditions === 'malformed'
        ? [
            refusedValue(
              'data.matchConditions',
              data['matchConditions'],
              'is not a list of conditions',
            ),
          ]
        : []),
    ];
    if (webhooks === 'malformed' || conditions === 'malformed')
      return { kind: 'refused', problems };
    const content: KyvernoConfiguration = {
      type: 'kyverno-configuration',
      resourceFilters: parseResourceFilters(data['resourceFilters'] ?? ''),
      defaultRegistry: data['defaultRegistry'] || 'docker.io',
      enableDefaultRegistryMutation: data['enableDefaultRegistryMutation'] !== 'false',
      excludeGroups: listOf(data['excludeGroups']),
      excludeUsernames: listOf(data['excludeUsernames']),
      excludeRoles: listOf(data['excludeRoles']),
      excludeClusterRoles: listOf(data['excludeClusterRoles']),
      ...(webhooks?.namespaceSelector && { namespaceSelector: webhooks.namespaceSelector }),
      matchConditions: (conditions ?? []).map(({ name }) => name),
    };
    return { kind: 'read', value: { head, content }, ignored: read.ignored };
  },
};

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined | 'malformed' {
  if (text === undefined || text === '') return undefined;
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : 'malformed';
  } catch {
    return 'malformed';
  }
}

const listOf = (text = ''): readonly string[] =>
  text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));

/** Reads `[kind,namespace,name]` groups; parts that are missing stand for anything. */
export function parseResourceFilters(text: string): readonly ResourceFilterEntry[] {
  return [...text.matchAll(/\[([^\][]*)\]/g)].flatMap(([, inside = '']) => {
    const [kind = '', namespace = '', name = ''] = inside.split(',').map((part) => part.trim());
    if (kind === '') return [];
    return [{ kind, namespace: namespace || '*', name: name || '*' }];
  });
}

/** The filter that keeps Kyverno away from an object, if one does. */
export function filterFor(
  filters: readonly ResourceFilterEntry[],
  { kind, namespace = '', name }: AdmittedObject,
): ResourceFilterEntry | undefined {
  return filters.find((filter) => {
    const parts = filter.kind.split('/');
    // `*/*` is any kind and any of its subresources; `Pod/*` means subresources alone.
    const of =
      parts.length > 1 && parts.at(-1) === '*' ? (parts.at(-2) ?? '*') : (parts.at(-1) ?? '');
    const subresourcesOnly = parts.length > 1 && parts.at(-1) === '*' && of !== '*';
    return (
      !subresourcesOnly &&
      compileWildcard(of)(kind) &&
      compileWildcard(filter.namespace)(namespace) &&
      compileWildcard(filter.name)(name)
    );
  });
}
