import { z } from 'zod';
import { shippedTrustRoots, subjectKinds } from '#lib/model/authority.ts';
import { parseReference } from '#lib/model/reference.ts';
import { Notation } from './notation-schema.ts';
import type { Preset } from './presets/preset.ts';
import { presets } from './presets/presets.ts';
import { AtLeast, witnessProblem } from './witnesses.ts';

const name = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i, {
  message: 'must be letters, digits, dots and dashes, at most 63 characters',
});
const host = z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$/, {
  message: 'must be a host name with an optional port, in lower case and without https://',
});
const environmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  message: 'must be the name of an environment variable, not its value',
});
const positive = z.number().int().positive();

const KubernetesName = z.strictObject({ namespace: z.string(), name: z.string() });

const Cluster = z
  .strictObject({
    name,
    /** Path of a kubeconfig; with `context`, or its current context. */
    kubeconfig: z.string().optional(),
    context: z.string().optional(),
    inCluster: z.literal(true).optional(),
    /** File written by `kubectl get pods -A -o json`. */
    pods: z.string().optional(),
    /** Folder of manifests. */
    manifests: z.string().optional(),
    namespaces: z.array(z.string()).optional(),
    pullSecrets: z.array(KubernetesName).optional(),
  })
  .refine(
    (cluster) =>
      [cluster.kubeconfig, cluster.inCluster, cluster.pods, cluster.manifests].filter(
        (source) => source !== undefined,
      ).length === 1,
    { message: 'needs exactly one of kubeconfig, inCluster, pods, manifests' },
  );

const Credentials = z
  .strictObject({
    username: z.string().optional(),
    usernameEnv: environmentName.optional(),
    passwordFile: z.string().optional(),
    passwordEnv: environmentName.optional(),
  })
  .refine(
    ({ username, usernameEnv, passwordFile, passwordEnv }) =>
      (username === undefined) !== (usernameEnv === undefined) &&
      (passwordFile === undefined) !== (passwordEnv === undefined),
    {
      message:
        'needs one of username, usernameEnv and one of passwordFile, passwordEnv; secrets are never written into this file',
    },
  );

const Repository = z.strictObject({
  repository: z.string(),
  tags: z.string().optional(),
  releases: z.string().optional(),
  newest: positive.max(1000).default(50),
});

const Registry = z.strictObject({
  host,
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  insecure: z.boolean().default(false),
  ca: z.string().optional(),
  tokenRealms: z.array(z.string()).default([]),
  concurrency: positive.max(64).optional(),
  credentials: Credentials.optional(),
  repositories: z.array(Repository).default([]),
});

const Key = z
  .strictObject({
    file: z.string().optional(),
    data: z.string().optional(),
    env: environmentName.optional(),
    hash: z.enum(['sha256', 'sha384', 'sha512']).optional(),
    /** A key of a service: awskms://, gcpkms://, azurekms://, hashivault://, k8s://namespace/name. */
    kms: z
      .string()
      .regex(/^(awskms|gcpkms|azurekms|hashivault|k8s):\/\/\S+$/, {
        message: 'must begin with awskms://, gcpkms://, azurekms://, hashivault:// or k8s://',
      })
      .optional(),
    validFrom: z.iso.datetime().optional(),
    validUntil: z.iso.datetime().optional(),
    /** Since when the key may be in other hands. */
    revokedFrom: z.iso.datetime().optional(),
  })
  .refine(({ file, data, env, kms }) => [file, data, env, kms].filter(Boolean).length === 1, {
    message: 'needs exactly one of file, data, env, kms',
  });

const Identity = z
  .strictObject({
    /** `none` for certificates of a private authority, which name no OIDC issuer. */
    issuer: z.string().min(1).optional(),
    issuerPattern: z.string().min(1).optional(),
    subject: z.string().min(1).optional(),
    subjectPattern: z.string().min(1).optional(),
    /** Which name of the certificate is meant, where it has several; `dn` is its subject. */
    subjectKind: z.enum(subjectKinds).optional(),
    /** Fulcio extensions by name: the whole text, or as an RE2 over it. */
    claims: z.record(z.string(), z.string().min(1)).optional(),
    claimPatterns: z.record(z.string(), z.string().min(1)).optional(),
  })
  .refine(
    ({ issuer, issuerPattern, subject, subjectPattern }) =>
      (issuer === undefined) !== (issuerPattern === undefined) &&
      (subject === undefined) !== (subjectPattern === undefined),
    { message: 'needs one of issuer, issuerPattern and one of subject, subjectPattern' },
  );

const Authority = z
  .strictObject({
    name,
    images: z.array(z.string().min(1)).min(1),
    key: z.union([Key, z.array(Key).min(1)]).optional(),
    keyless: z
      .strictObject({
        trustRoot: name.default('public-good'),
        identities: z.array(Identity).min(1),
        sct: z.enum(['required', 'ignored']).optional(),
      })
      .optional(),
    notation: Notation.optional(),
    trustRoot: name.optional(),
    tlog: z.enum(['required', 'ignored']).optional(),
    /** Signed annotations that must be there. */
    annotations: z.record(z.string(), z.string()).optional(),
    /** What simple signing must name as its image, whole or as an RE2 over all of it. */
    reference: z.string().min(1).optional(),
    referencePattern: z.string().min(1).optional(),
    atLeast: AtLeast.optional(),
    /** Attestations that images are to carry: told, and deciding nothing. */
    attestations: z.array(z.strictObject({ predicateType: z.string().min(1) })).optional(),
  })
  .refine(({ key, keyless, notation }) => [key, keyless, notation].filter(Boolean).length === 1, {
    message: 'needs exactly one of key, keyless, notation',
  })
  .check(({ value, issues }) => {
    const message = witnessProblem(value) ?? referenceProblem(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  });

const referenceProblem = (entry: Readonly<Record<string, unknown>>): string | undefined => {
  const named = ['reference', 'referencePattern', 'atLeast'].filter((key) => entry[key]);
  if (entry['notation'] && named.length > 0) return `${named.join(', ')}: not for notation`;
  return named[1] === 'referencePattern' ? 'takes one of reference, referencePattern' : undefined;
};

/** An authority as an operator wrote it, or what a chosen preset stands for. */
type ReadAuthority = z.output<typeof Authority> & { readonly preset?: Preset };

const isPresetEntry = (value: unknown): value is { readonly preset: unknown } =>
  typeof value === 'object' && value !== null && 'preset' in value;

/** A preset is read as the authority that it stands for; its own settings are checked before. */
const WrittenOrPreset = z.unknown().transform((value, context): ReadAuthority => {
  const refuse = (issues: readonly z.core.$ZodIssue[]): never => {
    for (const issue of issues)
      context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    return z.NEVER;
  };
  if (!isPresetEntry(value)) {
    const read = Authority.safeParse(value);
    return read.success ? read.data : refuse(read.error.issues);
  }
  const preset = presets.find(({ name: known }) => known === value.preset);
  if (preset === undefined) {
    const message = `must be one of ${presets.map(({ name: known }) => known).join(', ')}`;
    return refuse([{ code: 'custom', path: ['preset'], message, input: value }]);
  }
  const reading = preset.read(value);
  if (!reading.ok) return refuse(reading.issues);
  const read = Authority.safeParse(reading.authority);
  return read.success ? { ...read.data, preset } : refuse(read.error.issues);
});

const images = z.array(z.string().min(1)).min(1);

/** Where else than beside them signatures of some images lie. */
const SignatureRepository = z.strictObject({
  images,
  repository: z
    .string()
    .refine((text) => parseReference(text).ok && /^[^:@]*(:\d+\/)?[^:@]*$/.test(text), {
      message: 'must be registry/repository, without tag and digest',
    }),
});
const Lookaside = z.strictObject({ images, url: z.url({ protocol: /^(https?|file)$/ }) });

const TrustRoot = z
  .strictObject({
    name,
    file: z.string().optional(),
    tuf: z.strictObject({ mirror: z.url(), root: z.string().optional() }).optional(),
    /** The root shipped with this version: of the domain named, or of the name itself. */
    seed: z.union([z.literal(true), z.enum(shippedTrustRoots)]).optional(),
    /** A private PKI out of PEM files, without Fulcio and logs. */
    certificates: z
      .strictObject({
        roots: z.string().min(1),
        intermediates: z.string().min(1).optional(),
        timestampAuthorities: z.string().min(1).optional(),
      })
      .optional(),
  })
  .refine(
    ({ file, tuf, seed, certificates }) =>
      [file, tuf, seed, certificates].filter(Boolean).length === 1,
    { message: 'needs exactly one of file, tuf, seed, certificates' },
  )
  .refine(({ name, seed }) => seed !== true || shippedTrustRoots.some((root) => root === name), {
    message: `seed: true is for the names ${shippedTrustRoots.join(', ')}; write seed: and one of them`,
  });

const RootKey = z
  .strictObject({
    /** Identifier of the certificate or of its key, as notary and docker print it. */
    id: z
      .string()
      .regex(/^[0-9a-f]{64}$/, { message: 'must be 64 lower-case hexadecimal characters' })
      .optional(),
    file: z.string().optional(),
    data: z.string().optional(),
  })
  .refine(({ id, file, data }) => [id, file, data].filter(Boolean).length === 1, {
    message: 'needs exactly one of id, file, data',
  });

const ContentTrust = z.strictObject({
  name,
  images,
  /** A Notary v1 server; by default that of Docker Hub, or the registry itself. */
  server: z
    .url({ protocol: /^https?$/ })
    .refine((text) => new URL(text).pathname === '/', { message: 'must have no path' })
    .optional(),
  insecure: z.boolean().default(false),
  ca: z.string().optional(),
  tokenRealms: z.array(z.string()).default([]),
  /** Without any, trust data is shown and never counts as a signature. */
  rootKeys: z.array(RootKey).min(1).optional(),
  /** Roles that must all name the digest; by default those that docker asks. */
  delegations: z
    .array(
      z.string().regex(/^targets(\/[-a-z0-9_]+)*$/, {
        message: 'must be a role such as targets/releases',
      }),
    )
    .default([]),
});

/** The whole configuration file; every key may be left out. */
export const ConfigFile = z.strictObject({
  /** A line shown on every page. */
  notice: z.string().max(300).optional(),
  clusters: z.array(Cluster).default([]),
  registries: z.array(Registry).default([]),
  authorities: z.array(WrittenOrPreset).default([]),
  trustRoots: z.array(TrustRoot).default([]),
  signatureRepositories: z.array(SignatureRepository).default([]),
  /** Stores of GPG signatures: named here, images that have them are never called unsigned. */
  lookasides: z.array(Lookaside).default([]),
  /** Servers of Docker Content Trust, and whose root keys count. */
  contentTrust: z.array(ContentTrust).default([]),
  /** An air gap: nothing is asked but the clusters and registries of this file and egress.allow. */
  offline: z.boolean().default(false),
  teamLabels: z
    .array(z.string())
    .default(['team', 'app.kubernetes.io/team', 'app.kubernetes.io/part-of']),
  egress: z.strictObject({ allow: z.array(host).default([]) }).default({ allow: [] }),
  /** Docker configuration with registry credentials; by default the user's own. */
  dockerConfig: z.string().optional(),
  scan: z
    .strictObject({
      everyMinutes: positive.default(60),
      maxAgeHours: positive.default(24),
      staleAfterMinutes: positive.default(5),
      /** Whether posture counts an unsigned platform image that a signed index lists. */
      inheritFromIndex: z.enum(['warn', 'count']).default('warn'),
      /** Check the platform images of an index that are in use, or all of them. */
      platforms: z.enum(['used', 'all']).default('used'),
    })
    .prefault({}),
});
export type ConfigFile = z.infer<typeof ConfigFile>;
export type ClusterEntry = ConfigFile['clusters'][number];
export type RegistryEntry = ConfigFile['registries'][number];
export type AuthorityEntry = ConfigFile['authorities'][number];
export type ContentTrustEntry = ConfigFile['contentTrust'][number];
export type TrustRootEntry = ConfigFile['trustRoots'][number];
