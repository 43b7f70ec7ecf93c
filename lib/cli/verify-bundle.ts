import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Authority, TextRule, TrustRoot } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { type Artifact, artifactOfBytes, artifactOfDigest } from '#lib/verify/artifact.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { compileTextRule } from '#lib/verify/identity.ts';
import { verifyArtifact } from '#lib/verify/verify-evidence.ts';
import { evidenceText } from './evidence-text.ts';
import { printable } from './printable.ts';
import { oneOf, UsageError } from './usage.ts';

/** How the command explains itself. */
export const verifyBundleHelp = `sealwatch verify-bundle BUNDLE: one Sigstore bundle for one artifact

  --artifact FILE                     the artifact, or
  --digest sha256:…                   its digest (an image: that of its manifest)
  --trusted-root FILE                 trusted_root.json instead of the public-good root
  --certificate-identity S            subject of the certificate, and
  --certificate-oidc-issuer S         its issuer; each also as …-regexp (RE2, whole text)
  --key FILE                          a public key (PEM) instead of a certificate
  --insecure-ignore-tlog              do without a transparency log
  --insecure-ignore-sct               do without a certificate log
  -o text|json

Exit: 0 verified, 1 not, 2 wrong use.
`;

/** What the command needs of the world around it. */
export interface VerifyBundleWorld {
  /** The root that is used without --trusted-root. */
  readonly publicGood: () => Promise<TrustRoot>;
  readonly now: () => Date;
}

const options = {
  artifact: { type: 'string' },
  digest: { type: 'string' },
  'trusted-root': { type: 'string' },
  'certificate-identity': { type: 'string' },
  'certificate-identity-regexp': { type: 'string' },
  'certificate-oidc-issuer': { type: 'string' },
  'certificate-oidc-issuer-regexp': { type: 'string' },
  key: { type: 'string' },
  'insecure-ignore-tlog': { type: 'boolean', default: false },
  'insecure-ignore-sct': { type: 'boolean', default: false },
  output: { type: 'string', short: 'o', default: 'text' },
} as const;
const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options, allowPositionals: true });
type Values = ReturnType<typeof parse>['values'];

/**
 * Verifies one bundle for one artifact. Exit code 0 means verified, 1 anything else that was found.
 * @throws UsageError and the errors of `parseArgs` for wrong use, also for a file that cannot be read
 */
export async function verifyBundle(
  args: readonly string[],
  world: VerifyBundleWorld,
): Promise<{ readonly exitCode: 0 | 1; readonly output: string }> {
  const { values, positionals } = parse(args);
  const output = oneOf('-o', values.output, ['text', 'json']);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('name one bundle');
  const artifact = await artifactOf(values);
  const root = await rootOf(values, world);
  const authority = await authorityOf(values, root);
  const bundle = await read('the bundle', file);
  const verdict = verifyArtifact(artifact, evidenceOf(bundle), authority, root, world.now());
  return {
    exitCode: verdict.status === 'verified' ? 0 : 1,
    output: output === 'json' ? `${JSON.stringify(verdict)}\n` : textOf(file, verdict),
  };
}

const textOf = (file: string, verdict: EvidenceVerdict): string =>
  `${printable(file)}: ${verdict.status}\n${evidenceText(verdict)}`;

async function artifactOf(values: Values): Promise<Artifact> {
  if ((values.artifact === undefined) === (values.digest === undefined))
    throw new UsageError('name either --artifact or --digest');
  if (values.artifact !== undefined)
    return artifactOfBytes(await read('the artifact', values.artifact));
  const artifact = artifactOfDigest(values.digest ?? '');
  if (artifact === undefined)
    throw new UsageError('--digest must be sha256: and 64 lower-case hexadecimal characters');
  return artifact;
}

async function rootOf(values: Values, world: VerifyBundleWorld): Promise<TrustRoot> {
  const file = values['trusted-root'];
  if (file === undefined) return world.publicGood();
  const bytes = await read('--trusted-root', file);
  return {
    name: file,
    json: bytes.toString('utf8'),
    revision: `sha256:${sha256(bytes).toString('hex')}`,
    origin: 'file',
    asOf: world.now().toISOString(),
  };
}

async function authorityOf(values: Values, root: TrustRoot): Promise<Authority> {
  const common = {
    name: 'command line',
    source: { kind: 'command-line' },
    images: ['**'],
    tlog: values['insecure-ignore-tlog'] ? 'ignored' : 'required',
    trustRoot: root.name,
  } as const;
  const fingerprinted = (authority: Parameters<typeof authorityFingerprint>[0]): Authority => ({
    ...authority,
    fingerprint: authorityFingerprint(authority),
  });
  const subject = ruleOf(values, 'certificate-identity');
  const issuer = ruleOf(values, 'certificate-oidc-issuer');
  if (values.key !== undefined) {
    if (subject !== undefined || issuer !== undefined)
      throw new UsageError('--key and a certificate identity exclude each other');
    const pem = (await read('--key', values.key)).toString('utf8');
    return fingerprinted({ ...common, kind: 'key', keys: [{ pem }] });
  }
  if (subject === undefined || issuer === undefined)
    throw new UsageError('name --certificate-identity and --certificate-oidc-issuer, or --key');
  const sct = values['insecure-ignore-sct'] ? 'ignored' : 'required';
  return fingerprinted({ ...common, kind: 'keyless', identities: [{ subject, issuer }], sct });
}

function ruleOf(
  values: Values,
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

async function read(what: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`${what}: ${(error as Error).message}`);
  }
}

function evidenceOf(bundle: Buffer): Evidence {
  const id = digest(`sha256:${sha256(bundle).toString('hex')}`);
  const common = { id, subject: id, sources: [] };
  if (bundle.length > limits.evidenceBytes)
    return {
      ...common,
      kind: 'unreadable',
      reason: 'limit-exceeded',
      detail: `the bundle has ${bundle.length} bytes`,
      retryable: false,
    };
  return { ...common, kind: 'sigstore-bundle', mediaType: '', bundle };
}
