import { type DerNode, derChildren } from '#lib/verify/der.ts';

/** When a certificate is valid, milliseconds; both ends count. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Reads the validity of a certificate; undefined when it is not in the one form that is allowed. */
export function readValidity(node: DerNode): Validity | undefined {
  const [from, until, ...surplus] = derChildren(node) ?? [];
  const notBefore = from && readTime(from);
  const notAfter = until && readTime(until);
  if (notBefore === undefined || notAfter === undefined || surplus.length > 0) return undefined;
  return { notBefore, notAfter };
}

const utcTime = 0x17;
const generalizedTime = 0x18;
const digits = /^\d+Z$/;

/**
 * UTCTime for the years 1950 to 2049, GeneralizedTime beyond (RFC 5280 §4.1.2.5): to the second, in
 * UTC. A day that no calendar has is refused.
 */
function readTime({ tag, content }: DerNode): number | undefined {
  const text = content.toString('latin1');
  if (!digits.test(text)) return undefined;
  if (tag === utcTime && text.length === 13)
    return moment(`${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}`);
  return tag === generalizedTime && text.length === 15 ? moment(text) : undefined;
}

/** YYYYMMDDHHMMSSZ. */
function moment(text: string): number | undefined {
  const [year, month, day, hour, minute, second] = [
    Number(text.slice(0, 4)),
    ...[4, 6, 8, 10, 12].map((at) => Number(text.slice(at, at + 2))),
  ] as [number, number, number, number, number, number];
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(at);
  // Date.UTC carries what is too large over into the next unit.
  const real =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCFullYear() === year;
  return real && second < 60 ? at : undefined;
}
