import { createHash } from 'node:crypto';
import type { EvidenceStep, NotationSignerName } from '#lib/lab/plan/recipes.ts';
import { startCertificateAuthority } from './certificate-authority.ts';
import { type NotationEnvelope, type NotationSigning, signNotation } from './notation-envelope.ts';

/** Whoever signs with Notation in a lab. */
export interface NotationSigners {
  /** PEM of the root that is the trust store of the lab's policy. */
  readonly rootPem: string;
  /** The signature of one step of a recipe. */
  sign(
    step: Extract<EvidenceStep, { kind: 'notation' }>,
    target: NotationSigning['target'],
  ): NotationEnvelope;
}

/** Distinguished names of the signers. */
export const notationSubjects: Readonly<Record<NotationSignerName, string>> = {
  'vendor-release': 'C=DE, ST=Berlin, O=Fabrikam, CN=release',
  'vendor-contractor': 'C=DE, ST=Berlin, O=Fabrikam, CN=contractor',
};

const hourMs = 3_600_000;

/** New keys, and certificates of one new authority for them. */
export async function createNotationSigners(): Promise<NotationSigners> {
  const authority = await startCertificateAuthority(
    'C=DE, ST=Berlin, O=Fabrikam, CN=Fabrikam root',
  );
  const certified = {
    'vendor-release': await authority.issue(notationSubjects['vendor-release']),
    'vendor-contractor': await authority.issue(notationSubjects['vendor-contractor']),
  };
  return {
    rootPem: authority.root.pem,
    sign({ by, format, flaw }, target) {
      const ago = (hours: number) => new Date(Date.now() - hours * hourMs);
      const signing = {
        target,
        signer: certified[by],
        signedAt: ago(flaw === 'expired' ? 48 : 1),
        ...(flaw === 'expired' && { expiry: ago(24) }),
      };
      if (flaw !== 'tampered') return signNotation(format, signing);
      return withPayload(
        signNotation(format, { ...signing, target: { ...target, digest: otherThan(target) } }),
        signNotation(format, signing),
      );
    },
  };
}

const otherThan = ({ digest }: NotationSigning['target']): string =>
  `sha256:${createHash('sha256').update(`neighbour of ${digest}`).digest('hex')}`;

/** The JWS with the payload of another one under its own signature. */
function withPayload(envelope: NotationEnvelope, other: NotationEnvelope): NotationEnvelope {
  const read = ({ bytes }: NotationEnvelope) => JSON.parse(Buffer.from(bytes).toString());
  const text = JSON.stringify({ ...read(envelope), payload: read(other).payload });
  return { ...envelope, bytes: Buffer.from(text) };
}
