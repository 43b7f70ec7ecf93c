import type { WeaknessCode } from '#lib/model/authority-findings.ts';
import { parseCertificate } from '#lib/verify/certificate.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { checkSignatureAlgorithm } from '#lib/verify/x509/certificate-signature.ts';
import { subjectText } from '#lib/verify/x509/subject-names.ts';

const soonMs = 30 * 24 * 3_600_000;

/**
 * What is weak about a certificate that vouches for others. The signature of one that signed itself
 * proves nothing either way, so its hash does not count unless `strict` (Notation looks at it too).
 */
export function lintCertificate(
  der: Buffer,
  now: Date,
  strict: boolean,
): readonly (readonly [WeaknessCode, string])[] {
  const certificate = parseCertificate(der);
  if (isRefusal(certificate)) return [['certificate-weak', certificate.detail]];
  const name = subjectText(certificate) ?? `${certificate.fingerprint.slice(0, 16)}…`;
  const selfSigned = certificate.issuerDer.equals(certificate.subjectDer);
  const weak = strict || !selfSigned ? checkSignatureAlgorithm(certificate) : undefined;
  const end = new Date(certificate.notAfter);
  return [
    ...(weak ? [['certificate-weak', `${name}: ${weak.detail}`] as const] : []),
    ...(end < now
      ? [['certificate-expired', `${name} ended at ${end.toISOString()}`] as const]
      : []),
    ...(end >= now && end.getTime() - now.getTime() < soonMs
      ? [['certificate-expires-soon', `${name} ends at ${end.toISOString()}`] as const]
      : []),
  ];
}
