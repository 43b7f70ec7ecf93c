import { RE2JS } from 're2js';
import type { DocumentProblem } from '#lib/model/policy.ts';
import { refusedValue } from '#lib/policy/refused-value.ts';
import { compileCipGlob } from './glob.ts';
import { keyProblems } from './key-reference.ts';
import type { CipAuthority, CipCondition, CipIdentity, ClusterImagePolicySpec } from './schema.ts';

type Problems = readonly DocumentProblem[];

/**
 * What the validating webhook of policy-controller finds wrong with a ClusterImagePolicy, every field
 * by its path. An empty list of authorities is refused unless the engine is configured to allow it.
 * @see https://github.com/sigstore/policy-controller/blob/main/pkg/apis/policy/v1beta1/clusterimagepolicy_validation.go
 */
export function clusterImagePolicyProblems(
  spec: ClusterImagePolicySpec,
  allowsNoAuthorities: boolean,
): Problems {
  return [
    ...(spec.images.length === 0 ? [missing('spec.images')] : []),
    ...spec.images.flatMap(({ glob }, index) => globProblems(glob, `spec.images[${index}].glob`)),
    ...(spec.authorities.length === 0 && !allowsNoAuthorities ? [missing('spec.authorities')] : []),
    ...spec.authorities.flatMap((one, index) =>
      authorityProblems(one, `spec.authorities[${index}]`),
    ),
    ...(spec.mode === undefined || ['', 'enforce', 'warn'].includes(spec.mode)
      ? []
      : [refusedValue('spec.mode', spec.mode, 'is neither enforce nor warn')]),
    ...spec.match.flatMap((match, index) =>
      match.selector && match.resource + match.version + match.group === ''
        ? [
            {
              path: `spec.match[${index}].selector`,
              message: `spec.match[${index}].selector needs a resource to select from`,
            },
          ]
        : [],
    ),
    ...conditionProblems(spec.policy, 'spec.policy', true),
  ];
}

const missing = (...paths: readonly string[]): DocumentProblem => ({
  path: paths[0] ?? '',
  message: `${paths.join(' or ')} is missing`,
});

const oneOf = (path: string, names: readonly string[], count: number): DocumentProblem => ({
  path,
  message: `${path} must have one of ${names.map((name) => `${path}.${name}`).join(', ')}, and has ${count === 0 ? 'none' : 'several'}`,
});

function globProblems(glob: string, path: string): Problems {
  if (glob === '') return [missing(path)];
  return compileCipGlob(glob) === undefined
    ? [refusedValue(path, glob, 'is not a glob: letters, digits and - _ : / * . @ may stand in it')]
    : [];
}

const kinds = ['key', 'keyless', 'static'] as const;

function authorityProblems(authority: CipAuthority, path: string): Problems {
  const count = kinds.filter((kind) => authority[kind] !== undefined).length;
  if (count !== 1) return [oneOf(path, kinds, count)];
  return [
    ...(authority.key ? keyProblems(authority.key, `${path}.key`) : []),
    ...keylessProblems(authority, `${path}.keyless`),
    ...staticProblems(authority, path),
    ...sourceProblems(authority, `${path}.source`),
    ...authority.attestations.flatMap((attestation, index) => {
      const at = `${path}.attestations[${index}]`;
      return [
        ...(attestation.name === '' ? [missing(`${at}.name`)] : []),
        ...(attestation.predicateType === '' ? [missing(`${at}.predicateType`)] : []),
        ...conditionProblems(attestation.policy, `${at}.policy`, false),
      ];
    }),
  ];
}

function keylessProblems({ keyless }: CipAuthority, path: string): Problems {
  if (keyless === undefined) return [];
  const certificate = keyless['ca-cert'];
  return [
    ...(keyless.url && certificate ? [oneOf(path, ['url', 'ca-cert'], 2)] : []),
    ...(certificate ? keyProblems(certificate, `${path}.ca-cert`) : []),
    ...(keyless.identities.length === 0 ? [missing(`${path}.identities`)] : []),
    ...keyless.identities.flatMap((one, index) =>
      identityProblems(one, `${path}.identities[${index}]`),
    ),
  ];
}

function identityProblems(identity: CipIdentity, path: string): Problems {
  return (['issuer', 'subject'] as const).flatMap((name) => {
    const pattern = `${name}RegExp` as const;
    const [exact, expression] = [identity[name], identity[pattern]];
    const [here, there] = [`${path}.${name}`, `${path}.${pattern}`];
    if (!exact && !expression) return [missing(here, there)];
    return [
      ...(exact && expression ? [oneOf(path, [name, pattern], 2)] : []),
      ...(expression && !isRe2(expression)
        ? [refusedValue(there, expression, 'is not a regular expression of Go')]
        : []),
    ];
  });
}

function isRe2(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

function staticProblems(authority: CipAuthority, path: string): Problems {
  if (authority.static === undefined) return [];
  const { action } = authority.static;
  const beside = [
    ['attestations', authority.attestations.length > 0],
    ['source', authority.source.length > 0],
    ['ctlog', authority.ctlog !== undefined],
    ['rfc3161timestamp', authority.rfc3161timestamp !== undefined],
  ] as const;
  return [
    ...(action === '' ? [missing(`${path}.static.action`)] : []),
    ...(['', 'pass', 'fail'].includes(action)
      ? []
      : [refusedValue(`${path}.static.action`, action, 'is neither pass nor fail')]),
    ...beside.flatMap(([name, given]) => (given ? [oneOf(path, ['static', name], 2)] : [])),
  ];
}

const repository = /^[a-zA-Z0-9.-]+(?::[0-9]+)?(?:\/[a-z0-9._/-]+)?$/;

function sourceProblems({ source }: CipAuthority, path: string): Problems {
  if (source.length > 1) return [{ path, message: `${path} may have one entry only` }];
  return source.flatMap(({ oci, signaturePullSecrets = [] }, index) => [
    ...(oci && !repository.test(oci)
      ? [refusedValue(`${path}[${index}].oci`, oci, 'is not a registry or repository')]
      : []),
    ...signaturePullSecrets.flatMap(({ name }, at) =>
      name ? [] : [missing(`${path}[${index}].signaturePullSecrets[${at}].name`)],
    ),
  ]);
}

const inSpecOnly = [
  'fetchConfigFile',
  'includeSpec',
  'includeObjectMeta',
  'includeTypeMeta',
] as const;

function conditionProblems(
  policy: CipCondition | undefined,
  path: string,
  isInSpec: boolean,
): Problems {
  if (policy === undefined) return [];
  const { type, data, remote, configMapRef } = policy;
  const sources = [data || undefined, remote, configMapRef].filter((one) => one !== undefined);
  return [
    ...(type === 'cue' || type === 'rego'
      ? []
      : [refusedValue(`${path}.type`, type, 'is neither cue nor rego')]),
    ...(sources.length === 1
      ? []
      : [oneOf(path, ['data', 'configMapRef', 'remote'], sources.length)]),
    ...(remote && !/^https:\/\/[^/]/.test(remote.url ?? '')
      ? [refusedValue(`${path}.remote.url`, remote.url ?? '', 'is not an https address')]
      : []),
    ...(remote && !remote.sha256sum ? [missing(`${path}.remote.sha256sum`)] : []),
    ...(configMapRef && !configMapRef.name ? [missing(`${path}.configMapRef.name`)] : []),
    ...(configMapRef && !configMapRef.key ? [missing(`${path}.configMapRef.key`)] : []),
    ...inSpecOnly.flatMap((name) =>
      !isInSpec && policy[name] !== undefined
        ? [{ path: `${path}.${name}`, message: `${path}.${name} may stand in spec.policy only` }]
        : [],
    ),
  ];
}
