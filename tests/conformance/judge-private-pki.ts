import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readCertificateRoot } from '#lib/adapters/trust/certificate-root.ts';
import type { IdentityRule } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { verifyEvidence } from '#lib/verify/verify-evidence.ts';
import type { Case } from './cases.ts';
import { annotationsOf, Normalized, referenceOf } from './judge-legacy.ts';
import { aRoot, caseDay, marked, type Outcome, outcomeOf } from './outcome.ts';

/**
 * Judges a case of a private authority without logs. A case names several names of one certificate,
 * all of which it must carry: an authority for each, and all must agree.
 */
export async function judgePrivatePki(folder: string, one: Case): Promise<Outcome> {
  const file = (name: string) => path.join(folder, String(one.inputs[name]));
  const { artifactDigest, subjectEmail, subjectHostname } = one.options;
  if (artifactDigest === undefined) throw new TypeError(`${one.id} names no artifact`);
  const { json } = await readCertificateRoot('case', {
    roots: file('caRoots'),
    ...(one.inputs['caIntermediates'] !== undefined && { intermediates: file('caIntermediates') }),
  });
  const root = { ...aRoot(json), privatePki: true } as const;
  const rule = (subjectKind: 'email' | 'dns', value: string | undefined): IdentityRule[] =>
    value === undefined
      ? []
      : [{ subjectKind, subject: { kind: 'exact', value }, issuer: { kind: 'none' } }];
  const rules = [...rule('email', subjectEmail), ...rule('dns', subjectHostname)];
  const { signatures } = Normalized.parse(JSON.parse(readFileSync(file('normalized'), 'utf8')));
  const verdicts = signatures.flatMap(({ payload, annotations }) => {
    const bytes = Buffer.from(payload, 'base64');
    const evidence = {
      kind: 'cosign-signature',
      id: digest(`sha256:${sha256(bytes).toString('hex')}`),
      subject: digest(artifactDigest),
      sources: [],
      payload: bytes,
      annotations: annotationsOf(annotations ?? {}),
    } as const;
    return rules.map((identity) => {
      const authority = marked({
        kind: 'keyless',
        name: 'case',
        source: { kind: 'command-line' },
        images: ['**'],
        identities: [identity],
        trustRoot: root.name,
        tlog: 'ignored',
        sct: 'ignored',
        ...referenceOf(one.options),
      });
      return verifyEvidence(evidence.subject, evidence, authority, root, caseDay);
    });
  });
  const outcome = outcomeOf(one, verdicts);
  // One name too few is too few.
  return { ...outcome, verified: outcome.verified && outcome.refusals.length === 0 };
}
