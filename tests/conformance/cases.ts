import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const Options = z
  .object({
    artifactDigest: z.string(),
    identity: z.string(),
    issuer: z.string(),
    identityRegex: z.string(),
    tlogThreshold: z.number(),
    ctlogThreshold: z.number(),
    timestampThreshold: z.number(),
    tsaRequired: z.unknown(),
    keyValidFor: z.object({ start: z.string(), end: z.string() }).partial(),
    subjectEmail: z.string(),
    subjectHostname: z.string(),
    signedIdentity: z.unknown(),
    requiredKeys: z.unknown(),
    signatureThreshold: z.number(),
    imageReference: z.string(),
    scope: z.string(),
    check: z.string(),
    verificationLevel: z.enum(['strict', 'permissive', 'audit', 'skip']),
    trustedIdentities: z.array(z.string()),
    verifyTimestamp: z.enum(['always', 'afterCertExpiry']),
  })
  .partial();

const Case = z.object({
  id: z.string(),
  source: z.object({ repo: z.string() }),
  kind: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  options: Options,
  expected: z.string(),
  reason: z.string().optional(),
});

/** One case that another project wrote. */
export type Case = z.infer<typeof Case>;

/** The cases of some kinds out of the index of a corpora folder. */
export function readCases(folder: string, kinds: readonly string[]): readonly Case[] {
  const index = JSON.parse(readFileSync(path.join(folder, 'INDEX.json'), 'utf8'));
  return z
    .object({ cases: z.array(z.unknown()) })
    .parse(index)
    .cases.flatMap((one) => {
      const kind = z.object({ kind: z.string() }).parse(one).kind;
      return kinds.includes(kind) ? [Case.parse(one)] : [];
    });
}
