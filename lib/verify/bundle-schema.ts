import { z } from 'zod';
import { decodeBase64, decodeDsseBase64 } from './base64.ts';
import { isObject, type JsonValue } from './json.ts';
import { inconclusive, invalid, type Refusal } from './refusal.ts';

const base64 = z.string().refine((text) => decodeBase64(text) !== undefined, {
  message: 'is not proper base64',
});
/** DSSE allows the URL-safe alphabet; what goes on is standard base64. */
const dsseBase64 = z.string().transform((text, context) => {
  const bytes = decodeDsseBase64(text);
  if (bytes === undefined) context.addIssue({ code: 'custom', message: 'is not proper base64' });
  return bytes?.toString('base64') ?? '';
});
/** 64-bit numbers are text in protobuf JSON; small ones may be written as numbers. */
const integer = z
  .union([z.string().regex(/^(?:0|[1-9]\d{0,18})$/), z.number().int().nonnegative()])
  .transform(String);

const Certificate = z.strictObject({ rawBytes: base64 });

const InclusionProof = z.strictObject({
  logIndex: integer.optional(),
  rootHash: base64.optional(),
  treeSize: integer.optional(),
  hashes: z.array(base64).max(64, 'has more hashes than a tree of 2^64 leaves').optional(),
  checkpoint: z.strictObject({ envelope: z.string().max(64 * 1024) }).nullish(),
});

const LogEntry = z.strictObject({
  logIndex: integer.optional(),
  logId: z.strictObject({ keyId: base64 }),
  kindVersion: z.strictObject({ kind: z.string(), version: z.string() }),
  integratedTime: integer.nullish(),
  inclusionPromise: z.strictObject({ signedEntryTimestamp: base64 }).nullish(),
  inclusionProof: InclusionProof.nullish(),
  canonicalizedBody: base64,
});

const VerificationMaterial = z
  .strictObject({
    x509CertificateChain: z.strictObject({ certificates: z.array(Certificate) }).optional(),
    certificate: Certificate.optional(),
    publicKey: z.strictObject({ hint: z.string().optional() }).optional(),
    tlogEntries: z.array(LogEntry).optional(),
    timestampVerificationData: z
      .strictObject({
        rfc3161Timestamps: z.array(z.strictObject({ signedTimestamp: base64 })).optional(),
      })
      .nullish(),
  })
  .refine(
    ({ x509CertificateChain, certificate, publicKey }) =>
      [x509CertificateChain, certificate, publicKey].filter((one) => one !== undefined).length ===
      1,
    { message: 'must hold exactly one of certificate, chain and public key' },
  );

/** The closed shape of a bundle in protobuf JSON: no unknown members, one content, one kind of key. */
export const BundleJson = z
  .strictObject({
    mediaType: z.string(),
    verificationMaterial: VerificationMaterial,
    messageSignature: z
      .strictObject({
        messageDigest: z.strictObject({
          algorithm: z.union([z.string(), z.number()]),
          digest: base64,
        }),
        signature: base64,
      })
      .optional(),
    dsseEnvelope: z
      .strictObject({
        payload: dsseBase64,
        payloadType: z.string(),
        signatures: z.array(z.strictObject({ sig: dsseBase64, keyid: z.string().nullish() })),
      })
      .optional(),
  })
  .refine(
    ({ messageSignature, dsseEnvelope }) =>
      (messageSignature === undefined) !== (dsseEnvelope === undefined),
    { message: 'must hold either a message signature or an envelope' },
  );
export type BundleJson = z.infer<typeof BundleJson>;

const mediaTypePattern =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=0\.([123])|\.v0\.(3)\+json)$/;

/** The minor version of the bundle format, 1 to 3, by the media type inside the bundle. */
export function bundleVersionOf(json: JsonValue): number | Refusal {
  const mediaType = isObject(json) ? json['mediaType'] : undefined;
  if (typeof mediaType !== 'string')
    return invalid('bundle-malformed', 'the bundle has no media type');
  const match = mediaTypePattern.exec(mediaType);
  if (match === null) {
    return mediaType.startsWith('application/vnd.dev.sigstore.bundle')
      ? inconclusive('unsupported-format', `bundles of the type ${mediaType} are not supported`)
      : invalid('bundle-malformed', `${JSON.stringify(mediaType)} is not the type of a bundle`);
  }
  return Number(match[1] ?? match[2]);
}
