import type { SubjectKind } from '#lib/model/authority.ts';
import { type Certificate, extensionIds, extensionOf } from '#lib/verify/certificate.ts';
import { type DerNode, derChildren, readDer } from '#lib/verify/der.ts';
import { emailAttribute, isWithin, readName } from './distinguished-name.ts';

/** One subtree; its base as a {@link SubjectKind} writes names. */
interface Subtree {
  readonly kind: Exclude<SubjectKind, 'other'>;
  readonly base: string;
}

/** What an authority may issue for (RFC 5280 §4.2.1.10). */
export interface NameConstraints {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
}

interface Name {
  readonly kind: SubjectKind;
  readonly value: string;
}

const kinds: Readonly<Record<number, Subtree['kind']>> = {
  129: 'email',
  130: 'dns',
  134: 'uri',
  135: 'ip',
  164: 'dn',
};

/**
 * The name constraints of an authority; undefined without the extension. Constraints that cannot be
 * read, or that are about names of a kind that is not compared here, are `unenforceable`: then nothing
 * below the authority may be believed.
 */
export function nameConstraintsOf(
  certificate: Certificate,
): NameConstraints | 'unenforceable' | undefined {
  const extension = extensionOf(certificate, extensionIds.nameConstraints);
  if (extension === undefined) return undefined;
  const sequence = readDer(extension.value);
  const parts = sequence && derChildren(sequence);
  if (parts === undefined || parts.length === 0) return 'unenforceable';
  const lists = { permitted: [] as Subtree[], excluded: [] as Subtree[] };
  for (const part of parts) {
    const name = { 160: 'permitted', 161: 'excluded' }[part.tag] as keyof typeof lists | undefined;
    const subtrees = derChildren(part)?.map(readSubtree);
    if (name === undefined || !subtrees?.every((subtree) => subtree !== undefined))
      return 'unenforceable';
    lists[name].push(...subtrees);
  }
  return lists;
}

/** The first name of the certificate that the constraints do not allow. */
export function forbiddenName(
  certificate: Certificate,
  { permitted, excluded }: NameConstraints,
): string | undefined {
  const forbidden = namesOf(certificate).find((name) => {
    const own = permitted.filter(({ kind }) => kind === name.kind);
    if (own.length > 0 && !own.some((subtree) => matches(name, subtree) === true)) return true;
    // A name that cannot be compared may lie in what is excluded.
    return excluded
      .filter(({ kind }) => kind === name.kind)
      .some((subtree) => matches(name, subtree) !== false);
  });
  return forbidden && `${forbidden.kind} ${forbidden.value}`;
}

function readSubtree(node: DerNode): Subtree | undefined {
  const [base, ...surplus] = derChildren(node) ?? [];
  const kind = base && kinds[base.tag];
  // minimum must be 0, which DER leaves out, and maximum absent.
  if (base === undefined || kind === undefined || surplus.length > 0) return undefined;
  if (kind === 'dn') return readName(base.content) && { kind, base: base.content.toString('hex') };
  if (kind === 'ip') {
    const { length } = base.content;
    return length === 8 || length === 32 ? { kind, base: base.content.toString('hex') } : undefined;
  }
  const text = base.content.toString('latin1');
  return /^[\x21-\x7e]*$/.test(text) ? { kind, base: text } : undefined;
}

/** Alternative names, the subject, and the e-mail address that old certificates carry in it. */
function namesOf({ subjectNames, subjectDer }: Certificate): readonly Name[] {
  const subject = readName(subjectDer) ?? [];
  const named: Name[] =
    subject.length > 0 ? [{ kind: 'dn', value: subjectDer.toString('hex') }] : [];
  const email = subjectNames.some(({ kind }) => kind === 'email')
    ? []
    : subject
        .flat()
        .filter(({ oid }) => oid === emailAttribute)
        .map(({ value }): Name => ({ kind: 'email', value }));
  return [...subjectNames, ...named, ...email];
}

/** True, false, or undefined where the name cannot be compared. */
function matches({ value }: Name, { kind, base }: Subtree): boolean | undefined {
  switch (kind) {
    case 'dns':
      return isBelow(value, base);
    case 'email':
      return matchesEmail(value, base);
    case 'uri':
      return matchesUri(value, base);
    case 'ip':
      return matchesAddress(Buffer.from(value, 'hex'), Buffer.from(base, 'hex'));
    case 'dn': {
      const [name, subtree] = [value, base].map((hex) => readName(Buffer.from(hex, 'hex')));
      return name && subtree && isWithin(name, subtree);
    }
  }
}

/** The host itself or one below it; with a leading dot only one below it. Empty: any. */
function isBelow(host: string, base: string): boolean {
  const [name, domain] = [host, base].map((text) => text.toLowerCase().replace(/[.]$/, ''));
  if (name === undefined || domain === undefined || domain === '') return true;
  return domain.startsWith('.') ? name.endsWith(domain) : `.${name}`.endsWith(`.${domain}`);
}

function matchesEmail(mailbox: string, base: string): boolean | undefined {
  const at = mailbox.lastIndexOf('@');
  if (at <= 0) return undefined;
  const [local, host] = [mailbox.slice(0, at), mailbox.slice(at + 1)];
  const baseAt = base.lastIndexOf('@');
  if (baseAt < 0) return isBelow(host, base);
  return (
    local === base.slice(0, baseAt) && host.toLowerCase() === base.slice(baseAt + 1).toLowerCase()
  );
}

/** Only URIs with a host name can be compared (RFC 5280 §4.2.1.10). */
function matchesUri(uri: string, base: string): boolean | undefined {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri) ?? [];
  const host = authority?.replace(/^.*@/, '').replace(/:[0-9]*$/, '');
  if (!host || /^[0-9.]+$|[[\]%]/.test(host)) return undefined;
  return isBelow(host, base);
}

function matchesAddress(address: Buffer, range: Buffer): boolean {
  if (range.length !== address.length * 2) return false;
  return address.every((octet, index) => {
    const mask = range[address.length + index] ?? 0;
    return (octet & mask) === ((range[index] ?? 0) & mask);
  });
}
