import { sql } from 'kysely';
import type { EvidenceRow, ImageDetail, ImageLocation } from '#lib/contract/images.ts';
import type { EvidenceVerdict, ImageVerdict, Signer } from '#lib/model/verdict.ts';
import type { PlatformChild } from '#lib/ports.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { imageSubject, readHistory } from './history.ts';
import { type ImageRecord, imageColumns, shownImages } from './read-images.ts';
import { signerName } from './signer-name.ts';

/** Changes shown of one digest; the rest stays in the history. */
const shownChanges = 200;

interface Located extends ImageRecord {
  readonly media_type: string | null;
  readonly platforms: readonly PlatformChild[];
  readonly verdict: ImageVerdict | null;
}
type Child = Pick<ImageRecord, 'digest' | 'registry' | 'repository' | 'rank'>;

/** A digest with everything that is known of it wherever it was met. */
export async function image(
  context: StoreContext,
  digest: string,
): Promise<ImageDetail | undefined> {
  const { db } = context;
  const { rows } = await sql<Located>`
    select ${imageColumns}, i.media_type, i.platforms, i.verdict from image as i
    where i.digest = ${digest.replaceAll('\0', '')} order by i.rank, i.registry, i.repository`.execute(
    db,
  );
  if (rows.length === 0) return;
  const shown = await shownImages(context, rows);
  const children = await readChildren(context, rows);
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
      ...details(rows[at] as Located, children),
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
): Omit<ImageLocation, keyof Awaited<ReturnType<typeof shownImages>>[number]> {
  const { verdict } = row;
  return {
    detail: row.detail,
    mediaType: row.media_type,
    evidence: (verdict?.evidence ?? []).map(evidenceRow),
    places: (verdict?.places ?? []).map(({ place, repository, outcome, found, ...rest }) => ({
      place,
      repository,
      outcome,
      found,
      reason: rest.reason ?? null,
      detail: rest.detail ?? null,
      retryAt: rest.retryAt ?? null,
    })),
    warnings: (verdict?.warnings ?? []).map((warning) => ({ ...warning })),
    platforms: row.platforms.map((child) => platformRow(row, child, children)),
    suggestion: null,
    verifierVersion: verdict?.verifierVersion ?? '',
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

const evidenceRow = (item: EvidenceVerdict): EvidenceRow => ({
  id: item.evidence,
  kind: item.kind,
  proves: item.proves,
  predicateType: item.predicateType ?? null,
  status: item.status,
  reason: item.reason ?? null,
  authority: item.authority ?? null,
  signer: item.signer === undefined ? null : signerRow(item.signer),
  trustRoot: item.trustRoot === undefined ? null : { ...item.trustRoot },
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
