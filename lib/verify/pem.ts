import { limits } from '#lib/model/limits.ts';
import { decodeBase64 } from './base64.ts';

/** The first PEM block of a label and what else the text holds. */
export interface PemBlocks {
  readonly blocks: readonly Buffer[];
  /** True when there is text outside the blocks, or a block of another label. */
  readonly surplus: boolean;
}

const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\s]*?)\r?\n?-----END \1-----/g;

/**
 * Reads PEM blocks of one label (RFC 7468). Headers inside a block and base64 that is not strict
 * but for line breaks make the block vanish; at most {@link limits.certificates} + 1 are read.
 */
export function readPem(
  text: string,
  label: 'CERTIFICATE' | 'PUBLIC KEY' | 'RSA PUBLIC KEY',
): PemBlocks {
  const blocks: Buffer[] = [];
  const source = text.length > limits.certificateBytes * limits.certificates ? '' : text;
  let surplus = false;
  let end = 0;
  for (const match of source.matchAll(block)) {
    const bytes = decodeBase64((match[2] ?? '').replace(/[\r\n\t ]+/g, ''));
    if (match[1] !== label || bytes === undefined || bytes.length === 0) surplus = true;
    else if (blocks.length <= limits.certificates) blocks.push(bytes);
    surplus ||= source.slice(end, match.index).trim() !== '';
    end = match.index + match[0].length;
  }
  return { blocks, surplus: surplus || source.slice(end).trim() !== '' };
}
