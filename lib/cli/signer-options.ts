import { readFileSync } from 'node:fs';
import type { Authority, IdentityRule, TextRule, TrustedKey } from '#lib/model/authority.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { compileTextRule } from '#lib/verify/identity.ts';
import { oneOf, UsageError } from './usage.ts';

/** Cosign's words for whom to believe, as `node:util` parses them. */
export const signerOptions = {
  key: { type: 'string' },
  'signature-digest-algorithm': { type: 'string' },
  'certificate-identity': { type: 'string' },
  'certificate-identity-regexp': { type: 'string' },
  'certificate-oidc-issuer': { type: 'string' },
  'certificate-oidc-issuer-regexp': { type: 'string' },
  'certificate-github-workflow-trigger': { type: 'string' },
  'certificate-github-workflow-sha': { type: 'string' },
  'certificate-github-workflow-name': { type: 'string' },
  'certificate-github-workflow-repository': { type: 'string' },
  'certificate-github-workflow-ref': { type: 'string' },
  annotations: { type: 'string', short: 'a', multiple: true },
  'insecure-ignore-tlog': { type: 'boolean', default: false },
  'private-infrastructure': { type: 'boolean', default: false },
  'insecure-ignore-sct': { type: 'boolean', default: false },
} as const;

/** The lines about {@link signerOptions} in a help text. */
export const signerHelp = `\
  --key FILE                          a public key (PEM), or a reference such as k8s://namespace/secret
  --signature-digest-algorithm A      sha256, sha384 or sha512: the hash by which that key signs
  --certificate-identity S            subject of the certificate, and
  --certificate-oidc-issuer S         its issuer; each also as …-regexp (RE2, whole text)
  --certificate-github-workflow-…     trigger, sha, name, repository, ref: what it says of the workflow
  -a, --annotations NAME=VALUE        an annotation that must be signed (repeatable)
  --insecure-ignore-tlog              do without a transparency log (also --private-infrastructure)
  --insecure-ignore-sct               do without a certificate log
`;

type Value<O> = O extends { multiple: true }
  ? string[] | undefined
  : O extends { type: 'boolean' }
    ? boolean | undefined
    : string | undefined;
/** What was written for {@link signerOptions}. */
export type SignerValues = {
  readonly [K in keyof typeof signerOptions]?: Value<(typeof signerOptions)[K]>;
};

const workflowClaims = {
  'certificate-github-workflow-trigger': 'githubWorkflowTrigger',
  'certificate-github-workflow-sha': 'githubWorkflowSha',
  'certificate-github-workflow-name': 'githubWorkflowName',
  'certificate-github-workflow-repository': 'githubWorkflowRepository',
  'certificate-github-workflow-ref': 'githubWorkflowRef',
} as const satisfies Partial<Record<keyof typeof signerOptions, string>>;

/**
 * The authority that the options describe; undefined when they describe none.
 * @param trustRoot name of the trust root that it uses
 * @throws UsageError for options that contradict each other, or are half of what is needed
 */
export function signerAuthority(values: SignerValues, trustRoot: string): Authority | undefined {
  const annotations = annotationsOf(values.annotations ?? []);
  const unlogged = values['insecure-ignore-tlog'] || values['private-infrastructure'];
  const common = {
    name: 'command line',
    source: { kind: 'command-line' },
    images: ['**'],
    tlog: unlogged ? 'ignored' : 'required',
    trustRoot,
    ...(annotations && { annotations }),
  } as const;
  const identity = identityOf(values);
  if (values.key !== undefined) {
    if (identity) throw new UsageError('--key and a certificate identity exclude each other');
    return marked({ ...common, kind: 'key', keys: [keyOf(values.key, values)] });
  }
  if (values['signature-digest-algorithm'] !== undefined)
    throw new UsageError('--signature-digest-algorithm goes with --key');
  if (identity === undefined) {
    if (annotations) throw new UsageError('--annotations needs --key or a certificate identity');
    return undefined;
  }
  const sct = values['insecure-ignore-sct'] ? 'ignored' : 'required';
  return marked({ ...common, kind: 'keyless', identities: [identity], sct });
}

const marked = (authority: Parameters<typeof authorityFingerprint>[0]): Authority => ({
  ...authority,
  fingerprint: authorityFingerprint(authority),
});

function keyOf(text: string, values: SignerValues): TrustedKey {
  const named = values['signature-digest-algorithm'];
  const hash = named && {
    hash: oneOf('--signature-digest-algorithm', named, ['sha256', 'sha384', 'sha512']),
  };
  if (/^[a-z0-9]+:\/\//.test(text)) return { pem: '', reference: text, ...hash };
  try {
    return { pem: readFileSync(text, 'utf8'), ...hash };
  } catch (error) {
    throw new UsageError(`--key: ${(error as Error).message}`);
  }
}

function identityOf(values: SignerValues): IdentityRule | undefined {
  const subject = ruleOf(values, 'certificate-identity');
  const issuer = ruleOf(values, 'certificate-oidc-issuer');
  const claims = Object.entries(workflowClaims).flatMap(([option, claim]) => {
    const value = values[option as keyof typeof workflowClaims];
    return value === undefined ? [] : [[claim, { kind: 'exact', value } as const] as const];
  });
  if (subject === undefined && issuer === undefined && claims.length === 0) return undefined;
  if (subject === undefined || issuer === undefined)
    throw new UsageError('--certificate-identity and --certificate-oidc-issuer go together');
  return { subject, issuer, ...(claims.length > 0 && { claims: Object.fromEntries(claims) }) };
}

function ruleOf(
  values: SignerValues,
  option: 'certificate-identity' | 'certificate-oidc-issuer',
): TextRule | undefined {
  const [value, pattern] = [values[option], values[`${option}-regexp`]];
  if (value !== undefined && pattern !== undefined)
    throw new UsageError(`--${option} and --${option}-regexp exclude each other`);
  if (value === undefined && pattern === undefined) return undefined;
  const rule: TextRule =
    pattern === undefined ? { kind: 'exact', value: value ?? '' } : { kind: 'pattern', pattern };
  const compiled = compileTextRule(rule);
  if (typeof compiled !== 'function') throw new UsageError(`--${option}: ${compiled.problem}`);
  return rule;
}

function annotationsOf(texts: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      if (equals < 1) throw new UsageError(`--annotations: "${text}" is not NAME=VALUE`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
