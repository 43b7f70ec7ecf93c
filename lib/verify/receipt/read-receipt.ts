import { z } from 'zod';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import { isDigest } from '#lib/model/digest.ts';
import { limits } from '#lib/model/limits.ts';
import { type Receipt, receiptMediaType } from '#lib/model/receipt.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { isObject, parseJson } from '#lib/verify/json.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { BytesProblem, readBytes } from './bytes-in-json.ts';
import { canonicalJson, digestOf } from './canonical-json.ts';

/** A receipt that is not what it was when it was written, or never was one. */
export interface Unreadable {
  readonly unreadable: string;
}

/**
 * Reads a receipt. It must be the canonical form, byte for byte, and every digest in it must hold:
 * that of the whole, of each item of evidence, of each trust root, and the fingerprint of each
 * authority. Total: anything else is unreadable, with the reason.
 */
export function readReceipt(bytes: Uint8Array): Receipt | Unreadable {
  if (bytes.length > limits.receiptBytes)
    return { unreadable: `it is larger than ${limits.receiptBytes} bytes` };
  const json = parseJson(bytes);
  if (isRefusal(json)) return { unreadable: `it is not strict JSON: ${json.detail}` };
  if (!isObject(json) || json['mediaType'] !== receiptMediaType)
    return { unreadable: `it is no receipt of the type ${receiptMediaType}` };
  const { digest, ...written } = json;
  if (`${canonicalJson(json)}\n` !== Buffer.from(bytes).toString('utf8'))
    return { unreadable: 'it was written anew: it is not in the canonical form' };
  if (digestOf(canonicalJson(written)) !== digest)
    return { unreadable: 'it was changed: its content does not match its digest' };
  try {
    const { discovery = null, revocation = null } = written;
    const bare = { discovery: readBytes(discovery), revocation: readBytes(revocation) };
    const frame = Frame.safeParse({ ...written, ...bare });
    if (frame.success) return consistent(frame.data as unknown as Receipt);
    const [issue] = frame.error.issues;
    return { unreadable: `${issue?.path.join('.') ?? ''}: ${issue?.message}` };
  } catch (error) {
    if (error instanceof BytesProblem) return { unreadable: error.message };
    throw error;
  }
}

/** True for a receipt that could not be read. */
export const isUnreadable = (receipt: Receipt | Unreadable): receipt is Unreadable =>
  'unreadable' in receipt;

const digest = z.string().refine(isDigest, 'is not a SHA-256 digest');
const instant = z.iso.datetime();
/** What belongs to one kind of evidence or authority is read by its verifier, which is total. */
const Kinded = z.looseObject({ kind: z.string() });

const Frame = z.strictObject({
  mediaType: z.literal(receiptMediaType),
  judgedAt: instant,
  verifierVersion: z.string(),
  discovery: z.strictObject({
    subject: digest,
    subjectDescriptor: z.strictObject({ mediaType: z.string(), size: z.number() }).optional(),
    registry: z.string(),
    repository: z.string(),
    evidence: z.array(
      Kinded.extend({ id: digest, subject: digest, sources: z.array(z.looseObject({})) }),
    ),
    places: z.array(
      z.looseObject({
        place: z.string(),
        repository: z.string(),
        outcome: z.enum(['searched', 'unsupported', 'failed']),
        found: z.number(),
      }),
    ),
    complete: z.boolean(),
    warnings: z.array(z.strictObject({ reason: z.string(), detail: z.string() })),
  }),
  authorities: z.array(
    Kinded.extend({ name: z.string(), images: z.array(z.string()), fingerprint: z.string() }),
  ),
  trustRoots: z.array(
    z.looseObject({ name: z.string(), revision: digest, json: z.string(), asOf: instant }),
  ),
  revocation: z.array(z.looseObject({ key: z.string() })),
  verdict: z.looseObject({ status: z.string(), evidence: z.array(z.looseObject({})) }),
});

function consistent(receipt: Receipt): Receipt | Unreadable {
  const { discovery, authorities, trustRoots } = receipt;
  const odd = trustRoots.find((root) => revisionOf(root) !== root.revision);
  if (odd !== undefined)
    return { unreadable: `the trust root ${odd.name} does not match its revision` };
  const forged = authorities.find(
    (authority) => fingerprintOf(authority) !== authority.fingerprint,
  );
  if (forged !== undefined)
    return { unreadable: `the authority ${forged.name} does not match its fingerprint` };
  if (discovery.complete !== discovery.places.every(({ outcome }) => outcome !== 'failed'))
    return { unreadable: 'it says that every place was searched, and one was not' };
  return receipt;
}

/** A private PKI is another root than the same text without that word. */
const revisionOf = ({ json, privatePki }: TrustRoot): string =>
  digestOf(privatePki === true ? `private PKI\n${json}` : json);

/** What makes no sense as an authority has no fingerprint. */
function fingerprintOf(authority: Authority): string | undefined {
  try {
    return authorityFingerprint(authority);
  } catch {
    return undefined;
  }
}
