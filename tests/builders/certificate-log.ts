import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type PreparedKey, prepareKey } from '#lib/verify/keys.ts';
import type { TrustedLog } from '#lib/verify/trusted-root.ts';
import {
  ago,
  extension,
  hour,
  type Issued,
  type IssueOptions,
  issue,
  purpose,
} from './issued-certificate.ts';

/** A certificate log with its key. */
export function aLog(
  kind: 'p256' | 'p384' | 'rsa' = 'p256',
  window: Partial<Pick<TrustedLog, 'from' | 'until'>> = {},
) {
  const { publicKey, privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: kind === 'p384' ? 'P-384' : 'P-256' });
  const key = prepareKey(publicKey) as PreparedKey;
  const trusted: TrustedLog = {
    url: `https://ct.example/${key.fingerprint}`,
    ids: [key.fingerprint],
    key,
    from: -Infinity,
    until: Infinity,
    ...window,
  };
  return { trusted, privateKey, spki: key.spki, id: Buffer.from(key.fingerprint, 'hex') };
}
export type CertificateLog = ReturnType<typeof aLog>;

/** How a promise departs from a sound one. */
export interface PromiseOptions {
  readonly at?: number;
  readonly extensions?: Buffer;
  readonly hash?: number;
  readonly entry?: 0 | 1;
  readonly version?: number;
}

const vector = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** A promise in TLS encoding over an entry (RFC 6962 §3.2). */
export function promiseOf(
  { id, privateKey }: CertificateLog,
  body: Buffer,
  options: PromiseOptions = {},
): Buffer {
  const { version = 0 } = options;
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(options.at ?? Date.now()));
  const extensions = vector(options.extensions ?? Buffer.alloc(0));
  const type = Buffer.of(0, options.entry ?? 1);
  const signed = Buffer.concat([Buffer.of(version, 0), time, type, body, extensions]);
  const hash = { 4: 'sha256', 5: 'sha384', 2: 'sha1' }[options.hash ?? 4] ?? 'sha256';
  const signature = sign(hash, signed, privateKey as KeyObject);
  const algorithm = Buffer.of(options.hash ?? 4, 3);
  return Buffer.concat([Buffer.of(version), id, time, extensions, algorithm, vector(signature)]);
}

/** The part of an entry of the type precert_entry that names issuer and certificate. */
export const entryBody = (tbs: Buffer, issuer: Issued): Buffer => {
  const length = Buffer.alloc(3);
  length.writeUIntBE(tbs.length, 0, 3);
  const keyHash = createHash('sha256').update(issuer.parsed.spkiDer).digest();
  return Buffer.concat([keyHash, length, tbs]);
};

/** A certificate that the logs saw before it got their promises. */
export async function aLoggedLeaf(
  issuer: Issued,
  promises: (entry: Buffer) => readonly Buffer[],
  more: NonNullable<IssueOptions['extensions']> = [],
): Promise<Issued> {
  const options = {
    issuer,
    name: 'CN=leaf',
    serialNumber: '0777',
    notBefore: ago(hour),
    notAfter: ago(-hour),
  };
  const extensions = [extension.signs(), extension.for([purpose.code]), ...more];
  const before = await issue({ ...options, extensions });
  const list = vector(Buffer.concat(promises(entryBody(before.parsed.tbsDer, issuer)).map(vector)));
  return issue({
    ...options,
    keys: before,
    extensions: [...extensions, extension.timestamps(list)],
  });
}
