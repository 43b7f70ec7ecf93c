import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { TrustRoot } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { type Artifact, artifactOfBytes, artifactOfDigest } from '#lib/verify/artifact.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { verifyArtifact } from '#lib/verify/verify-evidence.ts';
import { evidenceText } from './evidence-text.ts';
import { printable } from './printable.ts';
import { signerAuthority, signerHelp, signerOptions } from './signer-options.ts';
import { oneOf, UsageError } from './usage.ts';

/** How the command explains itself. */
export const verifyBundleHelp = `sealwatch verify-bundle BUNDLE: one Sigstore bundle for one artifact
sealwatch verify-bundle --bundle BUNDLE FILE_OR_DIGEST

  --artifact FILE                     the artifact, or
  --digest sha256:…                   its digest (an image: that of its manifest)
  --trusted-root FILE                 trusted_root.json instead of the public-good root
  --staging                           the root of Sigstore's staging instance instead
${signerHelp}\
  -o text|json

Exit: 0 verified, 1 not, 2 wrong use.
`;

/** What the command needs of the world around it. */
export interface VerifyBundleWorld {
  /** The root that is used without --trusted-root. */
  readonly publicGood: () => Promise<TrustRoot>;
  /** The root that is used with --staging. */
  readonly staging?: () => Promise<TrustRoot>;
  readonly now: () => Date;
}

const options = {
  ...signerOptions,
  bundle: { type: 'string' },
  artifact: { type: 'string' },
  digest: { type: 'string' },
  'trusted-root': { type: 'string' },
  staging: { type: 'boolean', default: false },
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
  const { file, artifact } = await subjectOf(values, positionals);
  const root = await rootOf(values, world);
  const authority = signerAuthority(values, root.name);
  if (authority === undefined)
    throw new UsageError('name --certificate-identity and --certificate-oidc-issuer, or --key');
  const bundle = await read('the bundle', file);
  const verdict = verifyArtifact(artifact, evidenceOf(bundle), authority, root, world.now());
  return {
    exitCode: verdict.status === 'verified' ? 0 : 1,
    output: output === 'json' ? `${JSON.stringify(verdict)}\n` : textOf(file, verdict),
  };
}

const textOf = (file: string, verdict: EvidenceVerdict): string =>
  `${printable(file)}: ${verdict.status}\n${evidenceText(verdict)}`;

/** The bundle with its artifact. With --bundle, what follows is a file, or a digest where no such file is. */
async function subjectOf(
  values: Values,
  [first, ...more]: readonly string[],
): Promise<{ readonly file: string; readonly artifact: Artifact }> {
  if (first === undefined || more.length > 0)
    throw new UsageError(values.bundle === undefined ? 'name one bundle' : 'name one artifact');
  if (values.bundle === undefined) return { file: first, artifact: await artifactOf(values) };
  const digest = existsSync(first) ? undefined : artifactOfDigest(first);
  return {
    file: values.bundle,
    artifact: digest ?? artifactOfBytes(await read('the artifact', first)),
  };
}

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
  if (file !== undefined && values.staging)
    throw new UsageError('--trusted-root and --staging exclude each other');
  if (file === undefined)
    return (values.staging ? world.staging : undefined)?.() ?? world.publicGood();
  const bytes = await read('--trusted-root', file);
  return {
    name: file,
    json: bytes.toString('utf8'),
    revision: `sha256:${sha256(bytes).toString('hex')}`,
    origin: 'file',
    asOf: world.now().toISOString(),
  };
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
