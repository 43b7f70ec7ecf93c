import { z } from 'zod';
import { decodeBase64 } from './base64.ts';

const base64 = z.string().refine((text) => decodeBase64(text) !== undefined, {
  message: 'is not proper base64',
});
const datetime = z.iso.datetime({ offset: true });
const ValidFor = z.strictObject({ start: datetime, end: datetime.nullish() });
const LogId = z.strictObject({ keyId: base64 });

const Log = z.strictObject({
  baseUrl: z.string(),
  hashAlgorithm: z.string(),
  publicKey: z.strictObject({
    rawBytes: base64,
    keyDetails: z.string(),
    validFor: ValidFor,
  }),
  logId: LogId,
  checkpointKeyId: LogId.nullish(),
  operator: z.string().nullish(),
});

const CertificateAuthority = z.strictObject({
  subject: z
    .strictObject({ organization: z.string().optional(), commonName: z.string().optional() })
    .nullish(),
  uri: z.string().default(''),
  certChain: z.strictObject({
    certificates: z.array(z.strictObject({ rawBytes: base64 })).min(1),
  }),
  validFor: ValidFor,
  operator: z.string().nullish(),
});

const mediaTypes: readonly string[] = [
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot.v0.1+json',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
];

/** The closed shape of a trusted root in protobuf JSON. */
export const TrustedRootJson = z.strictObject({
  mediaType: z.string().refine((type) => mediaTypes.includes(type), {
    message: 'is not a media type of trusted roots that is known here',
  }),
  tlogs: z.array(Log).default([]),
  certificateAuthorities: z.array(CertificateAuthority).default([]),
  ctlogs: z.array(Log).default([]),
  timestampAuthorities: z.array(CertificateAuthority).default([]),
});
