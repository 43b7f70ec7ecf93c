import { type Digest, digest } from '#lib/model/digest.ts';
import type { EvidenceVerdict, ImageVerdict } from '#lib/model/verdict.ts';
import type { AdmissionFacts } from '#lib/model/workload.ts';
import type { AdmissionObject } from '#lib/ports/cluster.ts';
import type {
  ReviewedImage,
  ReviewedUse,
  ReviewedWorkload,
  StoredAdmission,
} from '#lib/ports/review-store.ts';
import { aWebhook } from './admission.ts';

/** Admission objects of a cluster as they are stored. */
export const storedAdmission = (
  cluster: string,
  objects: readonly object[],
  change: Partial<StoredAdmission> = {},
): StoredAdmission => ({
  cluster,
  revision: 1,
  objects: [...objects, aWebhook('kyverno')] as AdmissionObject[],
  namespaces: [
    { name: 'shop', labels: { 'policy.sigstore.dev/include': 'true' } },
    { name: 'quiet', labels: {} },
  ],
  problems: [],
  readAt: new Date('2026-11-21T11:00:00Z'),
  ...change,
});

/** A Deployment in one namespace that runs one image in two pods. */
export function reviewedWorkload(
  name: string,
  use: Partial<ReviewedUse> = {},
  change: Partial<ReviewedWorkload['workload']> & { readonly admission?: AdmissionFacts } = {},
): ReviewedWorkload {
  const cluster = change.cluster ?? 'prod';
  return {
    workload: {
      id: `${cluster}:${name}`,
      cluster,
      namespace: 'shop',
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name,
      uid: name,
      admission: {
        labels: {},
        podLabels: { app: name },
        createdAt: '2026-11-20T10:00:00Z',
        mirror: false,
        replicas: 2,
        pods: [`${name}-1`, `${name}-2`],
      },
      ...change,
    },
    revision: 1,
    uses: [
      {
        container: 'main',
        kind: 'main',
        declared: 'ghcr.io/acme/shop:v1',
        pods: 2,
        status: 'unsigned',
        digest: imageDigest,
        image: 1,
        ...use,
      },
    ],
  };
}

const imageDigest: Digest = digest(`sha256:${'ab'.repeat(32)}`);

/** Where engines look for a signature of the image. */
const beside = {
  place: 'signature-tag',
  registry: 'ghcr.io',
  repository: 'acme/shop',
  manifest: imageDigest,
} as const;

/** An image all of whose places were searched, with this evidence. */
export const reviewedImage = (
  id: number,
  evidence: readonly EvidenceVerdict[],
  change: Partial<ImageVerdict> = {},
): ReviewedImage => ({
  id,
  revision: '1',
  verdict: {
    digest: imageDigest,
    registry: 'ghcr.io',
    repository: 'acme/shop',
    status: evidence.length === 0 ? 'unsigned' : 'verified',
    retryable: false,
    attested: false,
    evidence: evidence.map((item) => ({ ...item, sources: [beside] })),
    places: [],
    warnings: [],
    verifierVersion: 'test',
    ...change,
  },
});
