import { z } from 'zod';
import { Attestation } from './attestation.ts';
import { many, pageOf } from './paging.ts';
import { CheckWord, Instant, PlaceWord, ReasonWord, Status } from './words.ts';
import { HistoryRow } from './workloads.ts';

export const imageSorts = ['attention', 'repository', 'containers', 'checked'] as const;

/** The filter of the image list (see `WorkloadFilter`). */
export const ImageFilter = z.object({
  q: z.string().max(500).optional(),
  status: many(Status),
  reason: many(ReasonWord),
  registry: many(z.string()),
  repository: many(z.string()),
  authority: many(z.string()),
  signer: many(z.string()),
  format: many(z.string()),
  cluster: many(z.string()),
  namespace: many(z.string()),
  team: many(z.string()),
  /** `running`: in a cluster now; `published`: under a declared repository. */
  origin: many(z.enum(['running', 'published'])),
  sort: z.enum(imageSorts).default('attention'),
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type ImageFilter = z.infer<typeof ImageFilter>;

export const imageFacets = [
  'status',
  'reason',
  'registry',
  'authority',
  'signer',
  'format',
  'origin',
] as const;

/** One digest in one repository: signatures lie beside the digest, in that repository. */
export const ImageRow = z
  .object({
    digest: z.string(),
    registry: z.string(),
    repository: z.string(),
    tags: z.array(z.string()),
    status: Status,
    reason: ReasonWord.nullable(),
    signer: z.string().nullable(),
    authority: z.string().nullable(),
    attested: z.boolean(),
    formats: z.array(z.string()),
    containers: z.number().int(),
    workloads: z.number().int(),
    clusters: z.number().int(),
    published: z.boolean(),
    checkedAt: Instant.nullable(),
    retryAt: Instant.nullable(),
    since: Instant,
  })
  .meta({ id: 'ImageRow' });
export type ImageRow = z.infer<typeof ImageRow>;

export const ImagePage = pageOf(ImageRow).meta({ id: 'ImagePage' });
export type ImagePage = z.infer<typeof ImagePage>;

export const CheckRow = z.object({
  id: CheckWord,
  outcome: z.enum(['passed', 'failed', 'not-run']),
  reason: ReasonWord.nullable(),
  detail: z.string(),
});

export const SignerRow = z.object({
  kind: z.enum(['key', 'certificate']),
  /** SAN, or `key SHA-256 …`. */
  name: z.string(),
  issuer: z.string().nullable(),
  fingerprint: z.string(),
  claims: z.record(z.string(), z.string()),
  notBefore: Instant.nullable(),
  notAfter: Instant.nullable(),
});

export const TrustRootRow = z.object({
  name: z.string(),
  revision: z.string(),
  /** Null when this revision is no longer the one in use. */
  inUse: z
    .object({
      origin: z.enum(['seed', 'file', 'tuf', 'policy']),
      asOf: Instant,
      expiresAt: Instant.nullable(),
      staleSince: Instant.nullable(),
    })
    .nullable(),
});

export const TrustDataRow = z.object({
  server: z.string(),
  gun: z.string(),
  tags: z.array(z.object({ tag: z.string(), roles: z.array(z.string()) })),
  rootKeys: z.array(z.string()),
  root: z.enum(['pinned', 'remembered', 'first-use']),
  expiresAt: Instant.nullable(),
  /** The day on which the service ends. */
  retiresOn: z.string().nullable(),
});

export const EvidenceRow = z
  .object({
    id: z.string(),
    kind: z.string(),
    proves: z.enum(['signed', 'attested', 'nothing']),
    predicateType: z.string().nullable(),
    /** What the statement says, where a signer stands for it. Its texts are the attester's. */
    attestation: Attestation.nullable(),
    /** Of what nobody signed: its type, and what it says of itself. */
    attachment: z.object({ mediaType: z.string(), claimedType: z.string().nullable() }).nullable(),
    /** What Docker Content Trust says of the digest; absent for other evidence. */
    trustData: TrustDataRow.optional(),
    status: Status,
    reason: ReasonWord.nullable(),
    authority: z.string().nullable(),
    signer: SignerRow.nullable(),
    trustRoot: TrustRootRow.nullable(),
    times: z.array(
      z.object({
        at: Instant,
        source: z.enum(['rekor-set', 'rfc3161', 'signing-authority']),
        by: z.string(),
      }),
    ),
    log: z
      .object({
        log: z.string(),
        index: z.string(),
        kind: z.string(),
        integratedAt: Instant.nullable(),
      })
      .nullable(),
    annotations: z.record(z.string(), z.string()),
    sources: z.array(
      z.object({
        place: PlaceWord,
        registry: z.string(),
        repository: z.string(),
        manifest: z.string(),
      }),
    ),
    checks: z.array(CheckRow),
  })
  .meta({ id: 'Evidence' });
export type EvidenceRow = z.infer<typeof EvidenceRow>;

export const PlaceRow = z.object({
  place: PlaceWord,
  repository: z.string(),
  outcome: z.enum(['searched', 'unsupported', 'failed']),
  found: z.number().int(),
  reason: ReasonWord.nullable(),
  detail: z.string().nullable(),
  retryAt: Instant.nullable(),
});

export const PlatformRow = z.object({
  platform: z.string(),
  digest: z.string(),
  /** Own signature, covered by the signed index that lists it, or neither. */
  signed: z.enum(['direct', 'inherited', 'neither', 'unknown']),
  status: Status.nullable(),
});

/** One digest in one repository with all that we know. */
export const ImageLocation = ImageRow.extend({
  detail: z.string().nullable(),
  mediaType: z.string().nullable(),
  evidence: z.array(EvidenceRow),
  places: z.array(PlaceRow),
  /** Not verified itself, and listed by an index that is. */
  inheritedFrom: z
    .object({
      index: z.string(),
      platform: z.string(),
      authority: z.string().nullable(),
      signer: SignerRow.nullable(),
    })
    .nullable(),
  /** Attestations that authorities ask for. */
  required: z.array(
    z.object({
      authority: z.string(),
      predicateType: z.string(),
      state: z.enum(['verified', 'missing', 'unknown']),
      evidence: z.string().nullable(),
      by: z.string().nullable(),
    }),
  ),
  warnings: z.array(z.object({ reason: ReasonWord, detail: z.string() })),
  platforms: z.array(PlatformRow),
  /** YAML of an authority that would trust the signer; null unless `untrusted`. */
  suggestion: z.string().nullable(),
  verifierVersion: z.string(),
}).meta({ id: 'ImageLocation' });
export type ImageLocation = z.infer<typeof ImageLocation>;

/** In which `registry/repository` the digest of a receipt is meant. */
export const ReceiptQuery = z.object({ repository: z.string().min(3).max(512) });

/** `/api/v1/images/{digest}`: everywhere this digest was met. */
export const ImageDetail = z
  .object({
    digest: z.string(),
    locations: z.array(ImageLocation),
    usedBy: z.array(
      z.object({
        workloadId: z.string(),
        cluster: z.string(),
        namespace: z.string(),
        workload: z.string(),
        kind: z.string(),
        container: z.string(),
        pods: z.number().int(),
      }),
    ),
    history: z.array(HistoryRow),
  })
  .meta({ id: 'Image' });
export type ImageDetail = z.infer<typeof ImageDetail>;
