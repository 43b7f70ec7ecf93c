import { z } from 'zod';
import { AuthorityFindingRow } from './authority-findings.ts';
import { SourceRow } from './sources.ts';
import { Counts, FindingWord, Instant, OwnerWord, ReasonWord, SeverityWord } from './words.ts';

/** One line of "what needs you": a kind of finding for one reason. */
export const Need = z
  .object({
    kind: FindingWord,
    reason: ReasonWord,
    severity: SeverityWord,
    title: z.string(),
    remedy: z.string(),
    owner: OwnerWord,
    containers: z.number().int(),
    workloads: z.number().int(),
    /** Two or three names that a reader recognises: repositories or registries. */
    where: z.array(z.string()),
    retryAt: Instant.nullable(),
  })
  .meta({ id: 'Need' });
export type Need = z.infer<typeof Need>;

export const CoverageRow = z
  .object({
    key: z.string(),
    name: z.string(),
    counts: Counts,
    asOf: Instant.nullable(),
    stale: z.boolean(),
    children: z.array(z.object({ key: z.string(), name: z.string(), counts: Counts })),
  })
  .meta({ id: 'CoverageRow' });
export type CoverageRow = z.infer<typeof CoverageRow>;

/** One day of the trend: the last state of that day. */
export const TrendPoint = z.object({ at: Instant, counts: Counts });
export type TrendPoint = z.infer<typeof TrendPoint>;

export const coverageDimensions = ['cluster', 'namespace', 'registry', 'team'] as const;
export const Overview = z
  .object({
    counts: Counts,
    /** The counts seven days ago; null before the first week is over. */
    before: z.object({ at: Instant, counts: Counts }).nullable(),
    trend: z.array(TrendPoint),
    needs: z.array(Need),
    /** Containers behind all findings of which `needs` shows the widest. */
    needsTotal: z.object({ lines: z.number().int(), containers: z.number().int() }),
    byCluster: z.array(CoverageRow),
    byRegistry: z.array(CoverageRow),
    byTeam: z.array(CoverageRow),
    sources: z.array(SourceRow),
    releaseTags: Counts,
    /** False until the first scan has finished: nothing is claimed about an empty fleet. */
    scanned: z.boolean(),
    asOf: Instant.nullable(),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof Overview>;

/** `/api/v1/search?q=`: what the palette finds. */
export const SearchHit = z.object({
  kind: z.enum(['workload', 'image', 'policy', 'registry', 'cluster']),
  title: z.string(),
  subtitle: z.string(),
  href: z.string(),
});
export type SearchHit = z.infer<typeof SearchHit>;
export const SearchResult = z.object({ items: z.array(SearchHit) }).meta({ id: 'SearchResult' });
export type SearchResult = z.infer<typeof SearchResult>;

/** `/api/v1/settings`: what is configured, and what is wrong with it. */
export const Settings = z
  .object({
    version: z.string(),
    verifierVersion: z.string(),
    configPath: z.string().nullable(),
    database: z.object({ kind: z.enum(['embedded', 'postgresql']), location: z.string() }),
    problems: z.array(z.object({ where: z.string(), message: z.string() })),
    clusters: z.array(z.object({ name: z.string(), kind: z.string(), detail: z.string() })),
    registries: z.array(
      z.object({ host: z.string(), credentials: z.string().nullable(), detail: z.string() }),
    ),
    authorities: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        images: z.array(z.string()),
        /** Identities with their claims, keys with their validity, trust policies: a line each. */
        trusts: z.array(z.string()),
        trustRoot: z.string().nullable(),
        /** What is asked of logs, as `transparency log required`. */
        demands: z.array(z.string()),
        source: z.string(),
        /** Set when it came as a preset: where its facts were read, and which were not. */
        preset: z
          .object({
            name: z.string(),
            documents: z.array(z.string()),
            readOn: z.iso.date(),
            confirmed: z.boolean(),
            unconfirmed: z.array(z.string()),
          })
          .nullable(),
        fingerprint: z.string(),
        verifiedImages: z.number().int(),
      }),
    ),
    trustRoots: z.array(
      z.object({
        name: z.string(),
        origin: z.string(),
        revision: z.string(),
        asOf: Instant,
        expiresAt: Instant.nullable(),
        stale: z.string().nullable(),
      }),
    ),
    /** Weaknesses of authorities and trust roots, the gravest first. */
    findings: z.array(AuthorityFindingRow),
    limits: z.array(z.object({ name: z.string(), value: z.string() })),
  })
  .meta({ id: 'Settings' });
export type Settings = z.infer<typeof Settings>;
