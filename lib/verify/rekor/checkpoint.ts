import { limits } from '#lib/model/limits.ts';
import { decodeBase64 } from '#lib/verify/base64.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import type { TrustedLog } from '#lib/verify/trusted-root.ts';
import { isSignedByLog } from './log-signature.ts';

/** A checkpoint taken apart; its signatures are not checked yet. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Buffer;
  /** The bytes under the signatures: everything before the blank line. */
  readonly signed: Buffer;
  readonly signatures: readonly NoteSignature[];
}

/** One signature line of a signed note. */
export interface NoteSignature {
  readonly name: string;
  /** The first four bytes of the ID of the key. */
  readonly hint: Buffer;
  readonly signature: Buffer;
}

const dash = '\u2014 ';

/**
 * Reads a checkpoint: origin, size, root and optional lines, a blank line, and signature lines, each
 * ended by a line feed. Lines are split, not matched by expressions, so that time stays linear.
 * @see https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md
 * @see https://github.com/C2SP/C2SP/blob/main/signed-note.md
 */
export function readCheckpoint(text: string): Checkpoint | Refusal {
  if (text.length > limits.checkpointBytes)
    return inconclusive('limit-exceeded', `the checkpoint has ${text.length} characters`);
  const split = text.indexOf('\n\n');
  if (split < 0 || !text.endsWith('\n')) return malformed('has no signatures');
  const [origin, size, rootText, ...more] = text.slice(0, split).split('\n');
  if (!origin) return malformed('names no origin');
  if (size === undefined || !isCount(size)) return malformed('has no size');
  const root = rootText === undefined ? undefined : decodeBase64(rootText);
  if (root?.length !== 32) return malformed('has no root hash');
  if (more.includes('')) return malformed('has an empty line');
  const lines = text.slice(split + 2, -1).split('\n');
  if (lines.length > limits.checkpointSignatures)
    return inconclusive('limit-exceeded', `the checkpoint has ${lines.length} signatures`);
  const signatures = lines.map(readSignature);
  if (!signatures.every((line) => line !== undefined))
    return malformed('has a line that is no signature');
  const signed = Buffer.from(text.slice(0, split + 1), 'utf8');
  return { origin, size: BigInt(size), root, signed, signatures };
}

function readSignature(line: string): NoteSignature | undefined {
  if (!line.startsWith(dash)) return undefined;
  const gap = line.indexOf(' ', dash.length);
  const name = line.slice(dash.length, gap);
  const bytes = gap < 0 ? undefined : decodeBase64(line.slice(gap + 1));
  if (name === '' || bytes === undefined || bytes.length < 5) return undefined;
  return { name, hint: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

/**
 * Demands a signature of this very log. Those of witnesses and other keys are passed over. A log of
 * Rekor v2 signs under its own name; Rekor v1 signs as the host it happens to run on, so there only
 * the ID of the key tells.
 */
export function checkCheckpointSignature(
  { signatures, signed }: Checkpoint,
  log: TrustedLog,
  named: boolean,
): Refusal | undefined {
  const hints = log.ids.map((id) => id.slice(0, 8));
  for (const { name, hint, signature } of signatures) {
    if (!hints.includes(hint.toString('hex')) || (named && name !== logName(log))) continue;
    const holds = isSignedByLog(log, signed, signature);
    if (isRefusal(holds)) return holds;
    if (holds) return undefined;
  }
  return invalid('tlog-checkpoint-bad', `the checkpoint has no signature of the log ${log.url}`);
}

/** The name of a log: its URL without scheme and closing slash (C2SP tlog-checkpoint). */
const logName = ({ url }: TrustedLog): string => url.replace(/^https?:\/\//, '').replace(/\/$/, '');

/** A decimal number below 2^64 without leading zeros. */
const isCount = (text: string): boolean => /^(?:0|[1-9]\d{0,18})$/.test(text);

const malformed = (what: string): Refusal =>
  invalid('tlog-checkpoint-bad', `the checkpoint ${what}`);
