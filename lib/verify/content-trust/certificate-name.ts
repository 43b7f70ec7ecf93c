import type { Certificate } from '#lib/verify/certificate.ts';
import { derChildren, derOid, readDer } from '#lib/verify/der.ts';

const commonName = '2.5.4.3';

/** The common name of the subject (RFC 5280 §4.1.2.6); undefined when there is none or more than one. */
export function commonNameOf({ subjectDer }: Pick<Certificate, 'subjectDer'>): string | undefined {
  const sequence = readDer(subjectDer);
  const sets = (sequence && derChildren(sequence)) ?? [];
  const names = sets.flatMap((set) =>
    (derChildren(set) ?? []).flatMap((attribute) => {
      const [type, value] = derChildren(attribute) ?? [];
      const isName = type !== undefined && derOid(type) === commonName;
      return isName && value !== undefined ? [textOf(value.tag, value.content)] : [];
    }),
  );
  return names.length === 1 ? names[0] : undefined;
}

/** UTF8String and PrintableString, in which Go writes names; others name nothing that we know. */
const textOf = (tag: number, content: Buffer): string | undefined =>
  tag === 0x0c || tag === 0x13 ? content.toString('utf8') : undefined;
