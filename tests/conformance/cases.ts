import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** What the options of a case may say; another name, or a value of another form, is told and not guessed at. */
const optionSchemas = {
  artifactDigest: z.string(),
  identity: z.string(),
  identityRegex: z.string(),
  issuer: z.string(),
  extensions: z.record(z.string(), z.string()),
  tlogThreshold: z.int().min(0),
  ctlogThreshold: z.int().min(0).max(1),
  timestampThreshold: z.int().min(0),
  tsaRequired: z.union([z.boolean(), z.int().min(0)]),
  keyValidFor: z.strictObject({ start: z.string().optional(), end: z.string().optional() }),
  subjectEmail: z.string(),
  subjectHostname: z.string(),
  signedIdentity: z.enum(['matchExact', 'matchRepository', 'matchRepoDigestOrExact']),
  requiredKeys: z.array(z.string()),
  signatureThreshold: z.int(),
  imageReference: z.string(),
  scope: z.string(),
  check: z.literal('authenticTimestamp'),
  verificationLevel: z.enum(['strict', 'permissive', 'audit', 'skip']),
  trustedIdentities: z.array(z.string()),
  verifyTimestamp: z.enum(['always', 'afterCertExpiry']),
  reference: z.string(),
  delegations: z.array(z.string()),
  resolvedDigest: z.string().nullable(),
  assertions: z.array(
    z.strictObject({
      violations: z.union([z.boolean(), z.int().min(0)]).optional(),
      message: z.string().optional(),
    }),
  ),
  enforcementAction: z.string(),
  scoped: z.array(z.unknown()),
  results: z.union([z.record(z.string(), z.int()), z.array(z.looseObject({ policy: z.string() }))]),
  summary: z.array(z.record(z.string(), z.int()).nullable()),
  errors: z.array(z.string()),
  steps: z.array(
    z.looseObject({ op: z.string(), file: z.string(), outcome: z.string().optional() }),
  ),
  policies: z.array(z.looseObject({ name: z.string() })),
};

const Options = z.object(optionSchemas).partial();
type OptionName = keyof typeof optionSchemas;

/** What a case of each kind may bring along and ask for; `note_only` marks a case, and means nothing. */
const known = {
  'sigstore-bundle': {
    inputs: ['bundle', 'artifact', 'trustedRoot', 'key'],
    options: [
      'artifactDigest',
      'identity',
      'identityRegex',
      'issuer',
      'extensions',
      'tlogThreshold',
      'ctlogThreshold',
      'timestampThreshold',
      'tsaRequired',
      'keyValidFor',
    ],
  },
  'cosign-legacy': {
    inputs: [
      'manifest',
      'normalized',
      'key',
      'keys',
      'rekorKey',
      'fulcioRoot',
      'caRoots',
      'caIntermediates',
      'signatureManifest',
      'note_only',
    ],
    options: [
      'artifactDigest',
      'identity',
      'identityRegex',
      'issuer',
      'tlogThreshold',
      'ctlogThreshold',
      'subjectEmail',
      'subjectHostname',
      'imageReference',
      'signedIdentity',
      'requiredKeys',
      'signatureThreshold',
    ],
  },
  'notation-jws': {
    inputs: [
      'envelope',
      'envelopes',
      'vector',
      'manifest',
      'signatureManifest',
      'referrersIndex',
      'ociLayout',
      'trustPolicy',
      'trustStore',
    ],
    options: [
      'artifactDigest',
      'scope',
      'check',
      'verificationLevel',
      'trustedIdentities',
      'verifyTimestamp',
    ],
  },
  'dct-trust-data': {
    inputs: ['dir', 'role', 'rootKey'],
    options: ['reference', 'delegations', 'resolvedDigest'],
  },
  'rfc3161-token': { inputs: ['token', 'root', 'message'], options: [] },
  'trusted-root': { inputs: ['trustedRoot'], options: [] },
  'gatekeeper-constraint': {
    inputs: ['document', 'template', 'constraint', 'object'],
    options: ['assertions', 'enforcementAction', 'scoped'],
  },
  policyreport: { inputs: ['document'], options: ['results', 'summary'] },
  'ratify-config': { inputs: ['document'], options: [] },
  'portieris-policy': { inputs: ['document'], options: [] },
  'k8s-manifest': { inputs: ['document'], options: [] },
  'crd-schema': { inputs: ['document'], options: [] },
  clusterimagepolicy: { inputs: ['document'], options: ['errors'] },
  'policy-controller-config': { inputs: ['document'], options: ['errors'] },
  'trustroot-crd': { inputs: ['document'], options: ['errors'] },
  'kyverno-policy': {
    inputs: ['document', 'dir', 'tests'],
    options: ['policies', 'steps', 'results'],
  },
} as const satisfies Record<
  string,
  { readonly inputs: readonly string[]; readonly options: readonly OptionName[] }
>;

/** The kinds of case that are judged. */
export const kinds = [...Object.keys(known), 'notation-cose'] as readonly string[];

const Listed = z.object({
  id: z.string(),
  source: z.object({ repo: z.string() }),
  kind: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  options: z.record(z.string(), z.unknown()).nullish(),
  expected: z.string(),
  reason: z.string().nullish(),
});

/** One case that another project wrote. */
export type Case = Omit<z.infer<typeof Listed>, 'options'> & {
  readonly options: z.infer<typeof Options>;
  /** What of it is not understood: then it is not judged. */
  readonly notUnderstood?: string;
};

/** The cases of the judged kinds out of the index of a corpora folder. */
export const readCases = (folder: string): readonly Case[] =>
  readIndex(folder)
    .filter(({ kind }) => kinds.includes(kind))
    .map(understood);

/** How many cases of other kinds there are, by kind. */
export function countOthers(folder: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of readIndex(folder))
    if (!kinds.includes(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function readIndex(folder: string): readonly z.infer<typeof Listed>[] {
  const index = JSON.parse(readFileSync(path.join(folder, 'INDEX.json'), 'utf8'));
  return z.object({ cases: z.array(Listed) }).parse(index).cases;
}

function understood(one: z.infer<typeof Listed>): Case {
  const { inputs, options, ...rest } = one;
  const given = Object.fromEntries(
    Object.entries(options ?? {}).filter(
      ([name, value]) => value !== null || name === 'resolvedDigest',
    ),
  );
  const parsed = Options.safeParse(given);
  const problem = strangerIn(one, given) ?? (parsed.success ? undefined : misfit(parsed.error));
  return {
    ...rest,
    inputs,
    options: parsed.success ? parsed.data : {},
    ...(problem !== undefined && { notUnderstood: problem }),
  };
}

const misfit = ({ issues: [issue] }: z.ZodError): string =>
  `the option ${issue?.path.join('.')} has a value of another form`;

function strangerIn(
  { kind, inputs }: z.infer<typeof Listed>,
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const about = known[kind === 'notation-cose' ? 'notation-jws' : (kind as keyof typeof known)];
  const input = Object.keys(inputs).find((name) => !about.inputs.some((one) => one === name));
  if (input !== undefined) return `the input ${input} is not known`;
  const option = Object.keys(options).find((name) => !about.options.some((one) => one === name));
  return option === undefined ? undefined : `the option ${option} is not known`;
}
