import { z } from 'zod';

const certificateFiles = z.array(z.string().min(1)).default([]);

/** A trust policy of the Notary Project: as its own files, or written out. */
export const Notation = z.union([
  z.strictObject({
    /** `trustpolicy.json`, or the folder that holds it. */
    policy: z.string().min(1),
    /** Folder with notation's layout of trust stores; by default the folder of the policy. */
    trustStores: z.string().min(1).optional(),
  }),
  z.strictObject({
    level: z.enum(['strict', 'permissive', 'audit', 'skip']).default('strict'),
    /** Files with certificates. */
    trustStores: z
      .strictObject({
        ca: certificateFiles,
        signingAuthority: certificateFiles,
        tsa: certificateFiles,
      })
      .default({ ca: [], signingAuthority: [], tsa: [] }),
    trustedIdentities: z.array(z.string().min(1)).default([]),
    verifyTimestamp: z.enum(['always', 'afterCertExpiry']).default('always'),
    /** What a revoked certificate, or one that cannot be asked about, does; by default as the level says. */
    revocation: z.enum(['enforce', 'log', 'skip']).optional(),
  }),
]);
export type NotationEntry = z.infer<typeof Notation>;
