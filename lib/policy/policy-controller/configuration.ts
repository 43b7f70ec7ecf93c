import { z } from 'zod';
import type { DocumentProblem, ObjectReference } from '#lib/model/policy.ts';
import { readObject } from '#lib/policy/object.ts';
import type { PolicyReader } from '#lib/policy/policy-object.ts';
import { refusedValue } from '#lib/policy/refused-value.ts';

/** The settings of policy-controller that change what it decides. */
export interface PolicyControllerConfiguration {
  readonly type: 'policy-controller-configuration';
  /** Absent for the defaults of an engine whose ConfigMap is not there. */
  readonly reference?: ObjectReference;
  /** What becomes of an image that no policy matches. */
  readonly noMatchPolicy: 'deny' | 'allow' | 'warn';
  readonly failOnEmptyAuthorities: boolean;
  readonly enableOci11: boolean;
}

/** What holds where nothing is configured. */
export const defaultConfiguration: PolicyControllerConfiguration = {
  type: 'policy-controller-configuration',
  noMatchPolicy: 'deny',
  failOnEmptyAuthorities: true,
  enableOci11: false,
};

const ConfigMap = z.looseObject({
  data: z.record(z.string(), z.string()).default({}),
});
const configMap = { group: '', kinds: ['ConfigMap'], versions: ['v1'] } as const;

const noMatch = ['deny', 'allow', 'warn'] as const;
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

/**
 * Reads the ConfigMap `config-policy-controller`. Values that are not what they must be are refused;
 * the engine itself would go on with `deny` where `no-match-policy` is none of the three.
 * @see https://github.com/sigstore/policy-controller/blob/main/pkg/config/store.go
 */
export const policyControllerConfigurationReader: PolicyReader<PolicyControllerConfiguration> = {
  ...configMap,
  names: ['config-policy-controller'],
  read: (cluster, document) => {
    const read = readObject(cluster, document, configMap, ConfigMap);
    if (read.kind === 'refused') return read;
    const { head, body } = read.value;
    const problems: DocumentProblem[] = [];
    const flag = (name: string, byDefault: boolean): boolean => {
      const text = body.data[name];
      if (text === undefined) return byDefault;
      const value = booleans.get(text);
      if (value === undefined)
        problems.push(refusedValue(`data.${name}`, text, 'is neither true nor false'));
      return value ?? byDefault;
    };
    const text = body.data['no-match-policy'] || 'deny';
    const noMatchPolicy = noMatch.find((one) => one === text);
    if (noMatchPolicy === undefined)
      problems.push(refusedValue('data.no-match-policy', text, `is none of ${noMatch.join(', ')}`));
    const content: PolicyControllerConfiguration = {
      type: 'policy-controller-configuration',
      reference: head.reference,
      noMatchPolicy: noMatchPolicy ?? 'deny',
      failOnEmptyAuthorities: flag('fail-on-empty-authorities', true),
      enableOci11: flag('enable-oci11', false),
    };
    if (problems.length > 0) return { kind: 'refused', problems };
    return { kind: 'read', value: { head, content }, ignored: read.ignored };
  },
};

/** The ConfigMap into which the engine writes what its TrustRoots come to, by their names. */
export interface SigstoreKeysMap {
  readonly type: 'sigstore-keys';
  readonly roots: readonly string[];
}

/** Reads the ConfigMap `config-sigstore-keys`: each entry but the example is the JSON of one trust root. */
export const sigstoreKeysReader: PolicyReader<SigstoreKeysMap> = {
  ...configMap,
  names: ['config-sigstore-keys'],
  read: (cluster, document) => {
    const read = readObject(cluster, document, configMap, ConfigMap);
    if (read.kind === 'refused') return read;
    const { head, body } = read.value;
    const entries = Object.entries(body.data).filter(([name]) => name !== '_example');
    const problems = entries.flatMap(([name, text]) =>
      isJsonObject(text) ? [] : [refusedValue(`data.${name}`, text, 'is not a JSON object')],
    );
    if (problems.length > 0) return { kind: 'refused', problems };
    const roots = entries.map(([name]) => name);
    return {
      kind: 'read',
      value: { head, content: { type: 'sigstore-keys', roots } },
      ignored: read.ignored,
    };
  },
};

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
