import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Authority, IdentityRule, TextRule, TrustRoot } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import { artifactOfBytes, artifactOfDigest } from '#lib/verify/artifact.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { claimNameOf } from '#lib/verify/fulcio.ts';
import { verifyArtifact } from '#lib/verify/verify-evidence.ts';
import { shippedRoot } from '#lib/wiring/shipped-root.ts';
import type { Case } from './cases.ts';
import { aRoot, caseDay, marked, type Outcome, outcomeOf } from './outcome.ts';

/**
 * Judges what an authority can ask for and the command line cannot say: numbers of witnesses, the time
 * in which a key counts, extensions of the certificate.
 */
export async function judgeDemands(
  folder: string,
  one: Case,
  about: string | undefined,
): Promise<Outcome> {
  const read = (name: string) => readFileSync(path.join(folder, String(one.inputs[name])));
  const artifact = one.inputs['artifact']
    ? artifactOfBytes(read('artifact'))
    : artifactOfDigest(about ?? '');
  if (artifact === undefined) throw new TypeError(`${one.id} is about nothing`);
  const bundle = read('bundle');
  const id = digest(`sha256:${sha256(bundle).toString('hex')}`);
  const root = one.inputs['trustedRoot']
    ? aRoot(read('trustedRoot').toString())
    : await shippedRoot();
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
  const { tlogThreshold = 1, timestampThreshold = 0, tsaRequired = 0 } = options;
  const atLeast = {
    ...(tlogThreshold > 1 && { logs: tlogThreshold }),
    ...(timestampThreshold > 0 && { times: timestampThreshold }),
    ...(tsaRequired && { timestampAuthorities: Number(tsaRequired) }),
  };
  const common = {
    name: 'case',
    source: { kind: 'command-line' },
    images: ['**'],
    trustRoot: root.name,
    tlog: options.tlogThreshold === 0 ? 'ignored' : 'required',
    ...(Object.keys(atLeast).length > 0 && { atLeast }),
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

const issuerIds: readonly string[] = ['1.3.6.1.4.1.57264.1.1', '1.3.6.1.4.1.57264.1.8'];

/** Without a word about the signer, anyone will do. Peers search for a pattern, ours matches the whole. */
function identityOf({ extensions = {}, ...options }: Case['options']): IdentityRule {
  const { identity, identityRegex } = options;
  const exact = (value: string | undefined, otherwise: string): TextRule =>
    value === undefined ? { kind: 'pattern', pattern: otherwise } : { kind: 'exact', value };
  // The issuer is an extension too, which rules have a place of their own for.
  const issuer = options.issuer ?? issuerIds.map((oid) => extensions[oid]).find(Boolean);
  const claims = Object.entries(extensions)
    .filter(([oid, value]) => !issuerIds.includes(oid) || value !== issuer)
    .map(([oid, value]) => [claimNameOf(oid), exact(value, '')] as const);
  return {
    subject: exact(identity, identityRegex ? `(?s).*(?:${identityRegex}).*` : '.+'),
    issuer: exact(issuer, '.+'),
    ...(claims.length > 0 && { claims: Object.fromEntries(claims) }),
  };
}
