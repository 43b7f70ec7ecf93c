import { readFileSync } from 'node:fs';
import path from 'node:path';
import { verifyBundle } from '#lib/cli/verify-bundle.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { shippedRoot } from '#lib/wiring/shipped-root.ts';
import type { Case } from './cases.ts';
import { judgeDemands } from './judge-demands.ts';
import { caseDay, type Outcome, outcomeOf } from './outcome.ts';

/** Judges a bundle case by the command, once with the artifact and once with its digest. */
export async function judgeBundle(folder: string, one: Case): Promise<Outcome> {
  const file = (name: string) => {
    const value = one.inputs[name];
    return typeof value === 'string' ? path.join(folder, value) : undefined;
  };
  const bundle = file('bundle') ?? '';
  const digest = one.options.artifactDigest ?? firstSubject(bundle);
  if (asksMore(one)) return judgeDemands(folder, one, digest);
  const option = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name}`, value];
  const args = [
    bundle,
    ...option('trusted-root', file('trustedRoot')),
    ...option('key', file('key')),
    ...(file('key') === undefined ? identityArguments(one.options) : []),
    ...(one.options.tlogThreshold === 0 ? ['--insecure-ignore-tlog'] : []),
    ...(one.options.ctlogThreshold === 0 ? ['--insecure-ignore-sct'] : []),
  ];
  const subjects = [option('artifact', file('artifact')), option('digest', digest)].filter(
    (subject) => subject.length > 0,
  );
  const verdicts: EvidenceVerdict[] = [];
  for (const subject of subjects) {
    const { output } = await verifyBundle([...args, ...subject, '-o', 'json'], {
      publicGood: shippedRoot,
      now: () => caseDay,
    });
    verdicts.push(JSON.parse(output) as EvidenceVerdict);
  }
  return outcomeOf(one, verdicts);
}

/** What an authority can ask for and the command line cannot say, or only the core knows. */
const asksMore = ({ options }: Case): boolean =>
  options.keyValidFor !== undefined ||
  options.extensions !== undefined ||
  (options.tlogThreshold ?? 0) > 1 ||
  (options.timestampThreshold ?? 0) > 0 ||
  Boolean(options.tsaRequired);

/**
 * A case without an identity is about the bundle alone; then anyone may have signed. Peers search for
 * a pattern anywhere, ours must match the whole.
 */
function identityArguments({ identity, identityRegex, issuer }: Case['options']) {
  const subject =
    identity === undefined
      ? ['--certificate-identity-regexp', identityRegex ? `(?s).*(?:${identityRegex}).*` : '.+']
      : ['--certificate-identity', identity];
  return [
    ...subject,
    ...(issuer === undefined
      ? ['--certificate-oidc-issuer-regexp', '.+']
      : ['--certificate-oidc-issuer', issuer]),
  ];
}

/** The digest of the first subject, for cases that are about a bundle whatever it is about. */
function firstSubject(bundle: string): string | undefined {
  try {
    const json = JSON.parse(readFileSync(bundle, 'utf8'));
    const statement = JSON.parse(Buffer.from(json.dsseEnvelope.payload, 'base64').toString());
    const [[algorithm, hex]] = Object.entries(statement.subject[0].digest) as [[string, string]];
    return `${algorithm}:${hex}`;
  } catch {
    return undefined;
  }
}
