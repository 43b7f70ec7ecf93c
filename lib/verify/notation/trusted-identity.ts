import { isSubsetName, missing, type NameAttributes } from '#lib/model/distinguished-name.ts';
import type { Certificate } from '#lib/verify/certificate.ts';
import { inconclusive, type Refusal, untrusted } from '#lib/verify/refusal.ts';
import { nameText, readName } from '#lib/verify/x509/distinguished-name.ts';
import type { PreparedNotation } from './prepare-notation.ts';

/** Attributes that a trusted identity can name, as Go writes them. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.17': 'POSTALCODE',
};

/**
 * Whether the subject of the signing certificate is one that the policy trusts. Subjects that say more
 * than an identity can name, or one thing twice, match none: part of such a name could be anyone's.
 */
export function checkTrustedIdentity(
  leaf: Certificate,
  { identities, authority }: PreparedNotation,
): Refusal | undefined {
  if (identities === 'anyone') return undefined;
  const subject = nameText(leaf.subjectDer) ?? 'a subject that cannot be read';
  if (identities.length === 0)
    return inconclusive(
      'unsupported-format',
      `the identities ${authority.trustedIdentities.join(', ')} are for plugins`,
    );
  const attributes = attributesOf(leaf);
  if (typeof attributes === 'string')
    return untrusted('identity-mismatch', `it was signed by ${subject}, which ${attributes}`);
  return identities.some((identity) => isSubsetName(identity, attributes))
    ? undefined
    : untrusted('identity-mismatch', `it was signed by ${subject}`);
}

function attributesOf({ subjectDer }: Certificate): NameAttributes | string {
  const attributes = new Map<string, string>();
  for (const { oid, value } of readName(subjectDer)?.flat() ?? []) {
    const type = shortNames[oid];
    if (type === undefined) return `has the attribute ${oid} that no identity can name`;
    if (attributes.has(type)) return `names ${type} twice`;
    attributes.set(type, value);
  }
  return missing(attributes)?.problem ?? attributes;
}
