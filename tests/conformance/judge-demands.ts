import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Authority, IdentityRule, TextRule, TrustRoot } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import { artifactOfBytes, artifactOfDigest } from '#lib/verify/artifact.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { verifyArtifact } from '#lib/verify/verify-evidence.ts';
import type { Case } from './cases.ts';
import { aRoot, caseDay, marked, type Outcome, outcomeOf } from './outcome.ts';

/**
 * Judges what an authority can ask for and the command line cannot say: numbers of witnesses, the time
 * in which a key counts, extensions of the certificate.
 */
export function judgeDemands(folder: string, one: Case, about: string | undefined): Outcome {
  const read = (name: string) => readFileSync(path.join(folder, String(one.inputs[name])));
  const artifact = one.inputs['artifact']
    ? artifactOfBytes(read('artifact'))
    : artifactOfDigest(about ?? '');
  if (artifact === undefined) throw new TypeError(`${one.id} is about nothing`);
  const bundle = read('bundle');
  const id = digest(`sha256:${sha256(bundle).toString('hex')}`);
  const root = aRoot(read('trustedRoot').toString());
  const verdict = verifyArtifact(
    artifact,
    { kind: 'sigstore-bundle', id, subject: id, sources: [], mediaType: '', bundle },
    authorityOf(one, root, read),
    root,
    caseDay,
  );
  return outcomeOf(one, [verdict]);
}

function authorityOf(
  { inputs, options }: Case,
  root: TrustRoot,
  read: (name: string) => Buffer,
): Authority {
  const common = {
    name: 'case',
    source: { kind: 'command-line' },
    images: ['**'],
    trustRoot: root.name,
    tlog: options.tlogThreshold === 0 ? 'ignored' : 'required',
    atLeast: {
      logs: options.tlogThreshold ?? 1,
      times: options.timestampThreshold ?? 0,
      timestampAuthorities: Number(options.tsaRequired ?? 0),
    },
  } as const;
  const { start, end } = options.keyValidFor ?? {};
  if (inputs['key'])
    return marked({
      ...common,
      kind: 'key',
      keys: [
        {
          pem: read('key').toString(),
          ...(start !== undefined && { validFrom: start }),
          ...(end !== undefined && { validUntil: end }),
        },
      ],
    });
  return marked({
    ...common,
    kind: 'keyless',
    identities: [identityOf(options)],
    sct: options.ctlogThreshold === 0 ? 'ignored' : 'required',
  });
}

/** Without a word about the signer, anyone will do. Peers search for a pattern, ours matches the whole. */
function identityOf({ identity, identityRegex, issuer }: Case['options']): IdentityRule {
  const exact = (value: string | undefined, otherwise: string): TextRule =>
    value === undefined ? { kind: 'pattern', pattern: otherwise } : { kind: 'exact', value };
  return {
    subject: exact(identity, identityRegex ? `(?s).*(?:${identityRegex}).*` : '.+'),
    issuer: exact(issuer, '.+'),
  };
}
