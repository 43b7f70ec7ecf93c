import { z } from 'zod';

const text = z.string().optional();
const count = z.number().int();
const counts = z.record(z.string(), count);
const texts = z.array(z.string()).readonly();

/** The summary of an attestation as it crosses HTTP: the model's own shape. */
export const Attestation = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('provenance'),
      version: z.enum(['v0.2', 'v1']),
      builder: text,
      buildType: text,
      source: text,
      commit: text,
      entryPoint: text,
      parameters: z.object({
        total: count,
        shown: z.array(z.object({ name: z.string(), value: z.string() })).readonly(),
      }),
      invocation: text,
      startedAt: text,
      finishedAt: text,
    }),
    z.object({
      kind: z.literal('sbom'),
      format: z.enum(['SPDX', 'CycloneDX']),
      version: text,
      name: text,
      components: count,
      tools: texts,
      createdAt: text,
    }),
    z.object({
      kind: z.literal('vulnerability-scan'),
      scanner: text,
      scannerVersion: text,
      databaseUpdatedAt: text,
      startedAt: text,
      finishedAt: text,
      total: count.optional(),
      bySeverity: counts,
    }),
    z.object({
      kind: z.literal('vex'),
      author: text,
      statements: count,
      byStatus: counts,
      createdAt: text,
    }),
    z.object({
      kind: z.literal('verification-summary'),
      verifier: text,
      policy: text,
      result: text,
      levels: texts,
      resource: text,
      verifiedAt: text,
    }),
    z.object({
      kind: z.literal('link'),
      step: text,
      command: text,
      materials: count,
      products: count,
    }),
    z.object({ kind: z.literal('custom'), text, createdAt: text }),
    z.object({ kind: z.literal('other'), members: texts }),
    z.object({ kind: z.literal('malformed'), detail: z.string() }),
  ])
  .meta({ id: 'AttestationSummary' });
export type Attestation = z.infer<typeof Attestation>;
