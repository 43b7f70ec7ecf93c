import type { Certificate } from '#lib/verify/certificate.ts';

/** The common name of the subject; undefined when there is none or more than one. */
export function commonNameOf({ x509 }: Certificate): string | undefined {
  const name: unknown = x509.toLegacyObject().subject.CN;
  return typeof name === 'string' ? name : undefined;
}
