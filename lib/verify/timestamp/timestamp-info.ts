import { createHash } from 'node:crypto';
import { type DerNode, derOid, derTags, readDer } from '#lib/verify/der.ts';
import type { HashName } from '#lib/verify/keys.ts';
import { invalid, type Refusal } from '#lib/verify/refusal.ts';
import { smallInteger } from '#lib/verify/x509/extensions.ts';
import { algorithmOf, children } from './signed-data.ts';

/** What a token says (RFC 3161 §2.4.2, TSTInfo). */
export interface TimestampInfo {
  readonly imprint: { readonly algorithm: HashName; readonly value: Buffer };
  /** Milliseconds. */
  readonly at: number;
  /** Milliseconds by which the time may be off to either side. */
  readonly accuracyMs: number;
}

/** Hashes by object identifier; SHA-1 and older are left out, they are refused. */
export const strongHashes: Readonly<Record<string, HashName>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Best practices time-stamp policy: without a word about accuracy it promises a second (EN 319 421). */
const baselinePolicy = '0.4.0.2023.1.1';

/** Reads a TSTInfo: version 1, a strong hash, a time in UTC, and nothing critical that is unknown. */
export function readTimestampInfo(content: Buffer): TimestampInfo | Refusal {
  const bad = (what: string) => invalid('tsa-bad', `the timestamp ${what}`);
  const [version, policy, imprint, serial, time, ...optional] = children(readDer(content));
  if (version === undefined || smallInteger(version) !== 1) return bad('is not of version 1');
  const [algorithm, digest] = children(imprint);
  const hash = strongHashes[algorithmOf(algorithm) ?? ''];
  if (hash === undefined) return bad('is made over a hash that is refused');
  if (digest?.tag !== derTags.octetString || serial?.tag !== derTags.integer)
    return bad('cannot be read');
  const at = time && generalizedTime(time);
  if (at === undefined) return bad('has no readable time');
  if (optional.some(({ tag }) => tag === 0xa1) && hasCriticalExtension(optional))
    return bad('has a critical extension that is unknown');
  const accuracyMs = accuracyOf(optional.find(({ tag }) => tag === derTags.sequence));
  if (accuracyMs === undefined) return bad('has no readable accuracy');
  const assumed = accuracyMs === 0 && policy && derOid(policy) === baselinePolicy ? 1_000 : 0;
  return {
    imprint: { algorithm: hash, value: digest.content },
    at,
    accuracyMs: accuracyMs + assumed,
  };
}

/** Whether the token is about these bytes. */
export const isAbout = ({ imprint }: TimestampInfo, bytes: Uint8Array): boolean =>
  createHash(imprint.algorithm).update(bytes).digest().equals(imprint.value);

/**
 * GeneralizedTime of RFC 3161: `YYYYMMDDhhmmss[.s…]Z`, in UTC. Seconds of 60 and days that are not in
 * the calendar are no time.
 */
function generalizedTime({ tag, content }: DerNode): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:[.](\d{1,9}))?Z$/.exec(
    content.toString('latin1'),
  );
  if (tag !== 0x18 || match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '0'] = match;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const whole = Date.parse(`${text}.000Z`);
  if (Number.isNaN(whole) || !new Date(whole).toISOString().startsWith(text)) return undefined;
  return whole + Number(`0.${fraction}`) * 1_000;
}

/** Accuracy: seconds, [0] milliseconds, [1] microseconds, each of which may be left out. */
function accuracyOf(node: DerNode | undefined): number | undefined {
  if (node === undefined) return 0;
  let sum = 0;
  for (const part of children(node)) {
    const value = smallInteger({ content: part.content, tag: derTags.integer });
    const unit = { [derTags.integer]: 1_000, 128: 1, 129: 0.001 }[part.tag];
    if (value === undefined || unit === undefined) return undefined;
    sum += value * unit;
  }
  return sum;
}

/** [1] Extensions of TSTInfo. */
function hasCriticalExtension(optional: readonly DerNode[]): boolean {
  return children(optional.find(({ tag }) => tag === 0xa1)).some((extension) => {
    const [, flag] = children(extension);
    return flag?.tag === derTags.boolean && flag.content[0] !== 0;
  });
}
