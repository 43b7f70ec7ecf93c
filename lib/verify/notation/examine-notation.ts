import type { Discovery, Evidence } from '#lib/model/evidence.ts';
import type { Check, CheckId, Signer } from '#lib/model/verdict.ts';
import { type Certificate, parseCertificate } from '#lib/verify/certificate.ts';
import { CheckLog, notationSteps } from '#lib/verify/checks.ts';
import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { nameText } from '#lib/verify/x509/distinguished-name.ts';
import { checkCertificateChain } from './certificate-chain.ts';
import { checkNotationSignature } from './check-signature.ts';
import type { NotationEnvelope } from './envelope.ts';
import { readNotationEnvelope } from './read-envelope.ts';
import { checkTarget, type NotationClaim, readPayload } from './read-payload.ts';

export type NotationEvidence = Extract<Evidence, { readonly kind: 'notation' }>;

/** What is true of a signature whoever is asked: its integrity, in the words of the specification. */
export type NotationExamination = {
  /** Steps already taken, to be carried on with under each authority. */
  readonly openLog: () => CheckLog;
  readonly signer?: Signer;
} & (
  | { readonly intact: false; readonly refusal: Refusal }
  | {
      readonly intact: true;
      readonly envelope: NotationEnvelope;
      readonly chain: readonly Certificate[];
      readonly claim: NotationClaim;
      readonly signer: Signer;
    }
);

/** Examines an envelope: form, certificates among themselves, signature, and what it is about. */
export function examineNotation(
  { mediaType, envelope: bytes }: NotationEvidence,
  { subject, subjectDescriptor }: Pick<Discovery, 'subject' | 'subjectDescriptor'>,
): NotationExamination {
  const taken: (readonly [CheckId, string])[] = [
    ['evidence-readable', 'its bytes match their digest'],
  ];
  const pass = (id: CheckId, detail: string) => taken.push([id, detail]);
  const openLog = (): CheckLog => {
    const log = new CheckLog(notationSteps);
    for (const [id, detail] of taken) log.passed(id, detail);
    return log;
  };
  const broken = (id: Check['id'], refusal: Refusal, signer?: Signer): NotationExamination => ({
    intact: false,
    refusal,
    openLog: () => {
      const log = openLog();
      log.failed(id, refusal);
      return log;
    },
    ...(signer && { signer }),
  });

  const envelope = readNotationEnvelope(mediaType, bytes);
  if (isRefusal(envelope)) return broken('format', envelope);
  pass('format', `Notation signature, ${envelope.format}, ${envelope.attributes.scheme}`);
  const parsed = envelope.chain.map(parseCertificate);
  const unread = parsed.find(isRefusal);
  if (unread) return broken('certificate-usage', unread);
  const chain = parsed.filter((one): one is Certificate => !isRefusal(one));
  const [leaf] = chain;
  const path = checkCertificateChain(chain);
  if (path || leaf === undefined) return broken('certificate-usage', path ?? noCertificate());
  pass('certificate-usage', 'the certificates are in order, and the first is for signing');
  const signature = checkNotationSignature(envelope, leaf);
  if (signature) return broken('signature', signature);
  pass('signature', `it verifies (${envelope.algorithm})`);
  const signer = signerOf(leaf);
  const claim = readPayload(envelope);
  if (isRefusal(claim)) return broken('claim', claim, signer);
  const target = checkTarget(claim, subject, subjectDescriptor);
  if (target) return broken('claim', target, signer);
  pass('claim', 'the payload names this digest, its media type and its size');
  return { intact: true, openLog, envelope, chain, claim, signer };
}

const noCertificate = (): Refusal => {
  throw new RangeError('a reader let an envelope without certificates pass');
};

const signerOf = (leaf: Certificate): Signer => {
  const issuer = nameText(leaf.issuerDer);
  return {
    kind: 'certificate',
    subject: nameText(leaf.subjectDer) ?? leaf.fingerprint,
    subjectType: 'dn',
    ...(issuer !== undefined && { issuer }),
    claims: {},
    fingerprint: leaf.fingerprint,
    notBefore: new Date(leaf.notBefore).toISOString(),
    notAfter: new Date(leaf.notAfter).toISOString(),
  };
};
