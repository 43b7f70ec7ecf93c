import type { Certificate } from '#lib/verify/certificate.ts';
import { type DerNode, derChildren, derTags, eachDerChild, readDer } from '#lib/verify/der.ts';
import { keyUsageAllows } from '#lib/verify/x509/extensions.ts';
import {
  type DataExtension,
  derTime,
  distributionPoints,
  readDataExtensions,
  uris,
} from './der-values.ts';
import { invalidityIn, type RevocationStatus } from './ocsp.ts';
import { isSignedWith, readSignedData } from './signed-data.ts';

const extensions = {
  number: '2.5.29.20',
  reason: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaIndicator: '2.5.29.27',
  issuingPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  freshest: '2.5.29.46',
} as const;
const cRLSign = 6;
const reasons = { hold: 6, removed: 8 } as const;

/** A verified revocation list of one issuer; its entries are searched, not kept. */
export interface RevocationList {
  /** Milliseconds. */
  readonly until: number;
  readonly number: bigint;
  /** Of a delta: the least number of a base list that it goes with. */
  readonly base?: bigint;
  /** Where the delta list lies. */
  readonly freshest: readonly string[];
  readonly entries?: DerNode;
}

/** For which certificate a list is read, and from where. `now` in milliseconds. */
export interface CrlQuestion {
  readonly issuer: Certificate;
  readonly isAuthority: boolean;
  readonly url: string;
  readonly now: number;
}

/** Clocks of issuers may run ahead of ours by this much. */
const skewMs = 5 * 60_000;

/**
 * Reads and verifies a revocation list (RFC 5280 §5). Lists that speak for other issuers, and critical
 * extensions that are not processed here, make it useless. The text says what is wrong.
 */
export function readCrl(bytes: Buffer, question: CrlQuestion): RevocationList | string {
  const { issuer, now } = question;
  const signed = readSignedData(bytes);
  const [version, , name, thisUpdate, nextUpdate, ...rest] =
    (signed && derChildren(signed.content)) ?? [];
  // Version 1 has neither number nor extensions, and is not published any more.
  if (signed === undefined || version?.tag !== derTags.integer) return 'the list is malformed';
  if (!name?.whole.equals(issuer.subjectDer) || !isSignedWith(signed, issuer.key))
    return 'the list is not signed by the issuer of the certificate';
  if (keyUsageAllows(issuer, cRLSign) === false) return 'the issuer may not sign lists';
  const until = nextUpdate && derTime(nextUpdate);
  if (until === undefined) return 'the list does not say until when it holds';
  return (
    checkTimes(thisUpdate && derTime(thisUpdate), until, now) ?? readContent(rest, until, question)
  );
}

function readContent(
  rest: readonly DerNode[],
  until: number,
  question: CrlQuestion,
): RevocationList | string {
  const wrapper = rest.find(({ tag }) => tag === 0xa0);
  const list = wrapper && readDer(wrapper.content);
  const found = list ? readDataExtensions(list) : [];
  if (found === undefined) return 'the list is malformed';
  const unusable = checkExtensions(found, question);
  if (unusable !== undefined) return unusable;
  const entries = rest.find(({ tag }) => tag === derTags.sequence);
  const base = numberIn(found, extensions.deltaIndicator);
  return {
    until,
    number: numberIn(found, extensions.number) ?? 0n,
    freshest: found
      .filter(({ oid }) => oid === extensions.freshest)
      .flatMap(({ value }) => distributionPoints(value)),
    ...(base !== undefined && { base }),
    ...(entries && { entries }),
  };
}

function checkTimes(from: number | undefined, until: number, now: number): string | undefined {
  if (from === undefined || from > now + skewMs) return 'the list is not valid yet';
  return now > until ? `the list is out of date since ${new Date(until).toISOString()}` : undefined;
}

function checkExtensions(
  found: readonly DataExtension[],
  question: CrlQuestion,
): string | undefined {
  const strange = found.find(({ oid, critical }) => critical && !understood.includes(oid));
  if (strange) return `the list has the critical extension ${strange.oid}`;
  const point = found.find(({ oid }) => oid === extensions.issuingPoint);
  return point && !covers(point, question) ? 'the list is not about the certificate' : undefined;
}

const understood: readonly string[] = [extensions.issuingPoint, extensions.deltaIndicator];

/**
 * An IssuingDistributionPoint narrows what a list is about (RFC 5280 §5.2.5). Lists come over plain
 * HTTP: without a look at it, a list of the same issuer about other certificates could be put in place.
 */
function covers({ value }: DataExtension, { url, isAuthority }: CrlQuestion): boolean {
  const sequence = readDer(value);
  const fields = sequence && derChildren(sequence);
  if (fields === undefined) return false;
  return fields.every((field) => {
    const says = field.content[0] !== 0;
    switch (field.tag) {
      case 0xa0: {
        const names = uris(derChildren(derChildren(field)?.[0] ?? field) ?? []);
        return names.length === 0 || names.includes(url);
      }
      case 0x81:
        return !says || !isAuthority;
      case 0x82:
        return !says || isAuthority;
      // Some reasons only, lists of other issuers, attribute certificates.
      default:
        return (field.tag === 0x84 || field.tag === 0x85) && !says;
    }
  });
}

function numberIn(found: readonly DataExtension[], oid: string): bigint | undefined {
  const extension = found.find((one) => one.oid === oid);
  const node = extension && readDer(extension.value);
  return node?.tag === derTags.integer && node.content.length <= 20
    ? BigInt(`0x${node.content.toString('hex') || '0'}`)
    : undefined;
}

/** Whether a delta list goes with a base list (RFC 5280 §5.2.4). */
export const isDeltaOf = (delta: RevocationList, base: RevocationList): boolean =>
  delta.base !== undefined && delta.number > base.number && delta.base <= base.number;

/** What base and delta say of a certificate. The latest of entries that only hold it counts. */
export function statusInLists(serial: Buffer, lists: readonly RevocationList[]): RevocationStatus {
  const until = Math.min(...lists.map((list) => list.until));
  const found = lists.flatMap(({ entries }) => (entries ? entriesFor(serial, entries) : []));
  const entries = found.filter((entry) => entry !== 'malformed');
  if (entries.length < found.length)
    return { status: 'unknown', detail: 'an entry of the list is malformed' };
  const lasting = entries.find(
    ({ reason }) => reason !== reasons.hold && reason !== reasons.removed,
  );
  const last = lasting ?? entries.toSorted((one, other) => other.at - one.at)[0];
  return last === undefined || last.reason === reasons.removed
    ? { status: 'good', until }
    : revoked(last, until);
}

/** Entries with a serial number; a list that cannot be read to its end says nothing. */
function entriesFor(serial: Buffer, list: DerNode): readonly (Entry | 'malformed')[] {
  const found: (Entry | 'malformed')[] = [];
  for (const node of eachDerChild(list)) {
    const entry = node ? readEntry(node, serial) : 'malformed';
    if (entry !== undefined) found.push(entry);
    if (entry === 'malformed') break;
  }
  return found;
}

interface Entry {
  readonly at: number;
  readonly reason: number;
  readonly invalidFrom?: number;
}

const revoked = ({ at, invalidFrom }: Entry, until: number): RevocationStatus => ({
  status: 'revoked',
  at,
  until,
  ...(invalidFrom !== undefined && { invalidFrom }),
});

function readEntry(node: DerNode, serial: Buffer): Entry | 'malformed' | undefined {
  const { content } = node;
  // The serial number comes first; for nearly all entries it is all that is looked at.
  const length = content[1] ?? 0;
  if (content[0] !== derTags.integer || length > 0x7f) return 'malformed';
  if (!content.subarray(2, 2 + length).equals(serial)) return undefined;
  const [, date, list] = derChildren(node) ?? [];
  const at = date && derTime(date);
  const found = list ? readDataExtensions(list) : [];
  if (at === undefined || found === undefined) return 'malformed';
  if (found.some(({ oid, critical }) => critical && !entryExtensions.includes(oid)))
    return 'malformed';
  const code = found.find(({ oid }) => oid === extensions.reason);
  const invalidFrom = invalidityIn(list);
  return {
    at,
    reason: (code && readDer(code.value)?.content[0]) ?? 0,
    ...(invalidFrom !== undefined && { invalidFrom }),
  };
}

const entryExtensions: readonly string[] = [extensions.reason, extensions.invalidityDate];
