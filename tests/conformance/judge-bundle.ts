import { readFileSync } from 'node:fs';
import path from 'node:path';
import { verifyBundle } from '#lib/cli/verify-bundle.ts';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { artifactOfBytes } from '#lib/verify/artifact.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { verifyArtifact } from '#lib/verify/verify-evidence.ts';
import type { Case } from './cases.ts';

/** How we came out on one case. `not-yet` names what is missing; it is never "verified". */
export interface Outcome {
  readonly id: string;
  readonly source: string;
  readonly result: 'agreed' | 'disagreed' | 'not-yet';
  readonly expected: string;
  readonly verified: boolean;
  readonly why: string;
}

/** The day on which the cases are judged, so that nothing expires under the tests. */
export const caseDay = new Date('2026-11-21T12:00:00Z');

/** What the options of a case demand that no authority can say. */
function missingOption({ options }: Case): string | undefined {
  if ((options.tlogThreshold ?? 0) > 1) return 'thresholds above one';
  if ((options.timestampThreshold ?? 0) > 1) return 'thresholds above one';
  if (options.tsaRequired) return 'a rule that demands a timestamp authority';
  if (Array.isArray(options.requiredKeys) && options.requiredKeys.length > 1)
    return 'several signers at once';
  if (options.signatureThreshold !== undefined) return 'a number of signatures';
  if (options.signedIdentity === 'matchExact') return 'rules about the reference in the claim';
  if (options.imageReference === 'this/does-not:match')
    return 'rules about the reference in the claim';
  return undefined;
}

/** Compares verdicts with what the case expects; several must all agree. */
export function outcomeOf(one: Case, verdicts: readonly EvidenceVerdict[]): Outcome {
  const about = { id: one.id, source: one.source.repo, expected: one.expected };
  const verified = verdicts.some(({ status }) => status === 'verified');
  const all = verdicts.length > 0 && verdicts.every(({ status }) => status === 'verified');
  const [first] = verdicts.filter(({ status }) => status !== 'verified');
  const why = first ? `${first.status}: ${detailOf(first)}` : 'verified';
  const missing = missingOption(one);
  if (missing) return { ...about, verified: false, result: 'not-yet', why: missing };
  if (one.expected === 'pass' && !all && first?.status === 'inconclusive')
    return { ...about, verified, result: 'not-yet', why };
  const agreed = one.expected === 'pass' ? all : !verified;
  return { ...about, verified, result: agreed ? 'agreed' : 'disagreed', why };
}

const detailOf = ({ reason, checks }: EvidenceVerdict): string => {
  const failed = checks.find(({ outcome }) => outcome === 'failed');
  return `${reason ? reasonOf(reason).title : ''} (${reason}): ${failed?.detail}`;
};

/** Judges a bundle case by the command, once with the artifact and once with its digest. */
export async function judgeBundle(folder: string, one: Case): Promise<Outcome> {
  const input = (name: string) => {
    const value = one.inputs[name];
    return typeof value === 'string' ? path.join(folder, value) : undefined;
  };
  const { options } = one;
  if (options.keyValidFor) return judgeWindow(folder, one);
  const option = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name}`, value];
  // A case without an identity is about the bundle alone; then anyone may have signed.
  const keyless = input('key') === undefined;
  const args = [
    input('bundle') ?? '',
    ...option('trusted-root', input('trustedRoot')),
    ...option('key', input('key')),
    ...(keyless ? option('certificate-identity', options.identity) : []),
    ...(keyless ? option('certificate-oidc-issuer', options.issuer) : []),
    ...(keyless && options.identity === undefined ? ['--certificate-identity-regexp', '.+'] : []),
    ...(keyless && options.issuer === undefined ? ['--certificate-oidc-issuer-regexp', '.+'] : []),
    ...(options.tlogThreshold === 0 ? ['--insecure-ignore-tlog'] : []),
    ...(options.ctlogThreshold === 0 ? ['--insecure-ignore-sct'] : []),
  ];
  const subjects = [
    option('artifact', input('artifact')),
    option('digest', options.artifactDigest ?? subjectIn(input('bundle') ?? '')),
  ].filter((subject) => subject.length > 0);
  const verdicts: EvidenceVerdict[] = [];
  for (const subject of subjects) {
    const { output } = await verifyBundle([...args, ...subject, '-o', 'json'], {
      publicGood: () => Promise.reject(new TypeError('every case names its trust root')),
      now: () => caseDay,
    });
    verdicts.push(JSON.parse(output) as EvidenceVerdict);
  }
  return outcomeOf(one, verdicts);
}

/** The digest of the first subject, for cases that are about a bundle whatever it is about. */
function subjectIn(bundle: string): string | undefined {
  const json = JSON.parse(readFileSync(bundle, 'utf8'));
  const statement = JSON.parse(Buffer.from(json.dsseEnvelope.payload, 'base64').toString());
  const [[algorithm, hex]] = Object.entries(statement.subject[0].digest) as [[string, string]];
  return `${algorithm}:${hex}`;
}

/** Cases about the time in which a key counts: the command cannot say it, an authority can. */
function judgeWindow(folder: string, one: Case): Outcome {
  const read = (name: string) => readFileSync(path.join(folder, String(one.inputs[name])));
  const root: TrustRoot = aRoot(read('trustedRoot').toString());
  const { start, end } = one.options.keyValidFor ?? {};
  const key = {
    pem: read('key').toString(),
    ...(start !== undefined && { validFrom: start }),
    ...(end !== undefined && { validUntil: end }),
  };
  const authority = {
    kind: 'key',
    name: 'case',
    source: { kind: 'command-line' },
    images: ['**'],
    tlog: one.options.tlogThreshold === 0 ? 'ignored' : 'required',
    trustRoot: root.name,
    keys: [key],
  } as const;
  const bundle = read('bundle');
  const id = digest(`sha256:${sha256(bundle).toString('hex')}`);
  const verdict = verifyArtifact(
    artifactOfBytes(read('artifact')),
    { kind: 'sigstore-bundle', id, subject: id, sources: [], mediaType: '', bundle },
    marked(authority),
    root,
    caseDay,
  );
  return outcomeOf(one, [verdict]);
}

/** The authority with its fingerprint. */
export const marked = (authority: Parameters<typeof authorityFingerprint>[0]): Authority => ({
  ...authority,
  fingerprint: authorityFingerprint(authority),
});

/** A trust root out of its text. */
export const aRoot = (json: string): TrustRoot => ({
  name: 'case',
  json,
  revision: sha256(json).toString('hex'),
  origin: 'file',
  asOf: caseDay.toISOString(),
});
