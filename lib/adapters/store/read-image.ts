import { sql } from 'kysely';
import type { EvidenceRow, ImageDetail, ImageLocation } from '#lib/contract/images.ts';
import type { TrustRoot } from '#lib/model/authority.ts';
import type { TrustDataSummary } from '#lib/model/trust-data.ts';
import type { EvidenceVerdict, ImageVerdict, Signer } from '#lib/model/verdict.ts';
import type { PlatformChild } from '#lib/ports/scan-store.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { imageSubject, readHistory } from './history.ts';
import { type ImageRecord, imageColumns, shownImages } from './read-images.ts';
import { type IndexRecord, indexColumn, inheritanceOf } from './signed-indexes.ts';
import { signerName } from './signer-name.ts';

/** Changes shown of one digest; the rest stays in the history. */
const shownChanges = 200;

interface Located extends ImageRecord {
  readonly media_type: string | null;
  readonly platforms: readonly PlatformChild[];
  readonly verdict: ImageVerdict | null;
  readonly index: IndexRecord | null;
}
type Child = Pick<ImageRecord, 'digest' | 'registry' | 'repository' | 'rank'>;

/** A digest with everything that is known of it wherever it was met. */
export async function image(
  context: StoreContext,
  digest: string,
): Promise<ImageDetail | undefined> {
  const { db } = context;
  const { rows } = await sql<Located>`
    select ${imageColumns}, i.media_type, i.platforms, i.verdict, ${indexColumn} from image as i
    where i.digest = ${digest.replaceAll('\0', '')} order by i.rank, i.registry, i.repository`.execute(
    db,
  );
  if (rows.length === 0) return;
  const shown = await shownImages(context, rows);
  const children = await readChildren(context, rows);
  const roots = await readRoots(context);
  const used = await sql<ImageDetail['usedBy'][number]>`
    select w.id as "workloadId", w.cluster, w.namespace, w.name as workload, w.kind, u.container, u.pods
    from image_use as u join workload as w on w.id = u.workload_id
    where u.image_id = any(${rows.map(({ id }) => id)}::int[])
    union select w.id, w.cluster, w.namespace, w.name, w.kind, u.container, u.pods
    from image_use as u join workload as w on w.id = u.workload_id
    where u.other_image_id = any(${rows.map(({ id }) => id)}::int[])
    order by 2, 3, 4, 6`.execute(db);
  return {
    digest,
    locations: shown.map((row, at) => ({
      ...row,
      ...details(rows[at] as Located, children, roots),
    })),
    usedBy: used.rows,
    history: [...(await readHistory(db, rows.map(imageSubject), shownChanges))],
  };
}

/** Verdicts of the platform images of an index, where they were checked in the same repository. */
async function readChildren(
  { db }: StoreContext,
  rows: readonly Located[],
): Promise<ReadonlyMap<string, Child>> {
  const digests = rows.flatMap(({ platforms }) => platforms.map((child) => child.digest));
  const found = await sql<Child>`
    select digest, registry, repository, rank from image
    where digest = any(${digests}::text[]) and checked_at is not null`.execute(db);
  return new Map(found.rows.map((row) => [imageSubject(row), row]));
}

function details(
  row: Located,
  children: ReadonlyMap<string, Child>,
  roots: Roots,
): Omit<ImageLocation, keyof Awaited<ReturnType<typeof shownImages>>[number]> {
  const { verdict } = row;
  return {
    detail: row.detail,
    mediaType: row.media_type,
    evidence: (verdict?.evidence ?? []).map((item) => evidenceRow(item, roots)),
    places: (verdict?.places ?? []).map(({ place, repository, outcome, found, ...rest }) => ({
      place,
      repository,
      outcome,
      found,
      reason: rest.reason ?? null,
      detail: rest.detail ?? null,
      retryAt: rest.retryAt ?? null,
    })),
    inheritedFrom: inheritedRow(row),
    required: (verdict?.required ?? []).map(
      ({ authority, predicateType, state, evidence, by }) => ({
        authority,
        predicateType,
        state,
        evidence: evidence ?? null,
        by: by ?? null,
      }),
    ),
    warnings: (verdict?.warnings ?? []).map((warning) => ({ ...warning })),
    platforms: row.platforms.map((child) => platformRow(row, child, children)),
    suggestion: null,
    verifierVersion: verdict?.verifierVersion ?? '',
  };
}

/** An image that is verified itself needs nobody else's signature. */
function inheritedRow({ digest, rank, index }: Located): ImageLocation['inheritedFrom'] {
  if (index === null || statusOf(rank) === 'verified') return null;
  const { platform, authority, signer } = inheritanceOf(digest, index);
  return {
    index: index.digest,
    platform,
    authority: authority ?? null,
    signer: signer === undefined ? null : signerRow(signer),
  };
}

/** Signed itself, covered by the signed index, or neither: three facts that must not be mixed up. */
function platformRow(
  index: Located,
  { platform, digest }: PlatformChild,
  children: ReadonlyMap<string, Child>,
): ImageLocation['platforms'][number] {
  const { registry, repository } = index;
  const child = children.get(imageSubject({ registry, repository, digest }));
  const own = child === undefined ? null : statusOf(child.rank);
  return { platform, digest, status: own, signed: coverage(own, statusOf(index.rank)) };
}

function coverage(
  own: ImageRecord['reason'],
  index: ReturnType<typeof statusOf>,
): ImageLocation['platforms'][number]['signed'] {
  if (own === 'verified') return 'direct';
  if (index === 'verified') return 'inherited';
  if (own === 'inconclusive' || index === 'inconclusive') return 'unknown';
  return 'neither';
}

type Roots = ReadonlyMap<string, Omit<TrustRoot, 'json'>>;

/** Trust roots as they were last loaded: how old they are changes without their revision. */
async function readRoots({ db }: StoreContext): Promise<Roots> {
  const { rows } = await sql<{ facts: Omit<TrustRoot, 'json'> }>`
    select facts from trust_root`.execute(db);
  return new Map(rows.map(({ facts }) => [facts.name, facts]));
}

function trustRootRow(
  { name, revision }: NonNullable<EvidenceVerdict['trustRoot']>,
  roots: Roots,
): NonNullable<EvidenceRow['trustRoot']> {
  const root = roots.get(name);
  if (root?.revision !== revision) return { name, revision, inUse: null };
  const { origin, asOf, expiresAt, stale } = root;
  return {
    name,
    revision,
    inUse: { origin, asOf, expiresAt: expiresAt ?? null, staleSince: stale?.since ?? null },
  };
}

const evidenceRow = (item: EvidenceVerdict, roots: Roots): EvidenceRow => ({
  id: item.evidence,
  kind: item.kind,
  proves: item.proves,
  predicateType: item.predicateType ?? null,
  attestation: item.attestation ?? null,
  ...(item.trustData !== undefined && { trustData: trustDataRow(item.trustData) }),
  attachment:
    item.attachment === undefined
      ? null
      : { mediaType: item.attachment.mediaType, claimedType: item.attachment.claimedType ?? null },
  status: item.status,
  reason: item.reason ?? null,
  authority: item.authority ?? null,
  signer: item.signer === undefined ? null : signerRow(item.signer),
  trustRoot: item.trustRoot === undefined ? null : trustRootRow(item.trustRoot, roots),
  times: item.times.map((time) => ({ ...time })),
  log: item.log === undefined ? null : { ...item.log, integratedAt: item.log.integratedAt ?? null },
  annotations: { ...item.annotations },
  sources: item.sources.map((source) => ({ ...source })),
  checks: item.checks.map(({ id, outcome, reason, detail }) => ({
    id,
    outcome,
    reason: reason ?? null,
    detail,
  })),
});

function signerRow(signer: Signer): NonNullable<EvidenceRow['signer']> {
  const common = { kind: signer.kind, name: signerName(signer), fingerprint: signer.fingerprint };
  if (signer.kind === 'key')
    return { ...common, issuer: null, claims: {}, notBefore: null, notAfter: null };
  return {
    ...common,
    issuer: signer.issuer ?? null,
    claims: { ...signer.claims },
    notBefore: signer.notBefore,
    notAfter: signer.notAfter,
  };
}

const trustDataRow = ({
  tags,
  rootKeys,
  expiresAt,
  retiresOn,
  ...rest
}: TrustDataSummary): NonNullable<EvidenceRow['trustData']> => ({
  ...rest,
  tags: tags.map(({ tag, roles }) => ({ tag, roles: [...roles] })),
  rootKeys: [...rootKeys],
  expiresAt: expiresAt ?? null,
  retiresOn: retiresOn ?? null,
});
