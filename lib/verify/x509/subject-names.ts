import type { SubjectKind } from '#lib/model/authority.ts';
import type { Certificate } from '#lib/verify/certificate.ts';
import { nameText } from './distinguished-name.ts';

/** A name of a signer as rules and people read it. */
export interface ReadableName {
  readonly kind: SubjectKind;
  readonly value: string;
}

/** The alternative names of a certificate as text; names of a kind that is no text stay hexadecimal. */
export const alternativeNames = ({ subjectNames }: Certificate): readonly ReadableName[] =>
  subjectNames.map(({ kind, value }) => ({ kind, value: readable(kind, value) }));

/** The subject of the certificate (`CN=build,O=acme`); undefined when it is empty or malformed. */
export const subjectText = ({ subjectDer }: Certificate): string | undefined =>
  nameText(subjectDer) || undefined;

function readable(kind: SubjectKind, value: string): string {
  if (kind === 'ip') return addressText(Buffer.from(value, 'hex')) ?? value;
  if (kind === 'dn') return nameText(Buffer.from(value, 'hex')) ?? value;
  return value;
}

/** An IPv4 address with dots, an IPv6 address as eight groups without abbreviation. */
function addressText(octets: Buffer): string | undefined {
  if (octets.length === 4) return [...octets].join('.');
  if (octets.length !== 16) return undefined;
  return Array.from({ length: 8 }, (_, group) => octets.readUInt16BE(group * 2).toString(16)).join(
    ':',
  );
}
