import { sql } from 'kysely';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { ScanStore } from '#lib/ports/scan-store.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import { asTable, type Columns, chunks, toJson } from './bulk.ts';
import { rankOf, statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { appendHistory, imageSubject } from './history.ts';
import { internImages } from './intern.ts';
import { markUsersOfImages } from './judge-marks.ts';
import { tieToIndexes } from './signed-indexes.ts';
import { signerName } from './signer-name.ts';
import { type Write, write } from './transaction.ts';

type VerdictItem = Parameters<ScanStore['saveVerdicts']>[0][number];
/** Images of one transaction. */
const imagesAtOnce = 500;

interface StoredVerdict {
  readonly id: number;
  readonly rank: number;
  readonly reason: string | null;
  readonly verdict: ImageVerdict | null;
  readonly media_type: string | null;
  readonly platforms: unknown;
  readonly since: Date;
}
interface VerdictRow {
  readonly id: number;
  readonly item: VerdictItem;
  readonly since: Date;
}

/** Writes verdicts with their facts and marks the workloads for which they change anything. */
export async function saveVerdicts(
  context: StoreContext,
  items: readonly VerdictItem[],
  at: Date,
  cause: string,
): Promise<void> {
  const latest = new Map(items.map((item) => [imageSubject(item.verdict), item]));
  for (const part of chunks([...latest.values()], imagesAtOnce))
    await write(context.db, (running) => savePart(context, running, part, at, cause));
}

async function savePart(
  { ids: known }: StoreContext,
  running: Write,
  items: readonly VerdictItem[],
  at: Date,
  cause: string,
): Promise<void> {
  const { trx } = running;
  const ids = await internImages(
    running,
    known,
    items.map(({ verdict }) => verdict),
    at,
  );
  const rows = items.map((item) => ({ item, id: ids.get(item.verdict) as number }));
  const found = await sql<StoredVerdict>`
    select id, rank, reason, verdict, media_type, platforms, since from image
    where id = any(${rows.map(({ id }) => id)}::int[]) order by id for update`.execute(trx);
  const stored = new Map(found.rows.map((row) => [row.id, row]));
  const moved = rows.filter(({ id, item }) => statusMoved(stored.get(id), item));
  const movedIds = new Set(moved.map(({ id }) => id));
  const changed = rows
    .filter(({ id, item }) => !same(stored.get(id), item))
    .map(
      ({ id, item }): VerdictRow => ({
        id,
        item,
        since: movedIds.has(id) ? at : (stored.get(id)?.since ?? at),
      }),
    );
  await update(trx, changed);
  await sql`update image set checked_at = ${at.toISOString()}::timestamptz
    where id = any(${rows.map(({ id }) => id)}::int[])`.execute(trx);
  await saveFacts(
    trx,
    items.flatMap(({ facts }) => facts),
  );
  const changedIds = changed.map(({ id }) => id);
  const tied = await tieToIndexes(trx, changedIds);
  await markUsersOfImages(trx, [...new Set([...changedIds, ...tied])]);
  const entries = moved.map(({ id, item }) => ({
    subject: imageSubject(item.verdict),
    changes: [
      {
        what: 'verdict',
        from: shown(statusOf(stored.get(id)?.rank ?? 3), stored.get(id)?.reason ?? null),
        to: shown(item.verdict.status, item.verdict.reason ?? null),
      },
    ],
  }));
  await appendHistory(trx, entries, at, cause);
}

const statusMoved = (stored: StoredVerdict | undefined, { verdict }: VerdictItem): boolean =>
  stored?.rank !== rankOf(verdict.status) || stored.reason !== (verdict.reason ?? null);

function same(stored: StoredVerdict | undefined, item: VerdictItem): boolean {
  if (stored === undefined || stored.verdict === null || statusMoved(stored, item)) return false;
  return (
    canonical(stored.verdict) === canonical(item.verdict) &&
    (item.mediaType === undefined || stored.media_type === item.mediaType) &&
    (item.platforms === undefined || canonical(stored.platforms) === canonical(item.platforms))
  );
}

/** JSON with sorted keys: jsonb does not keep their order. */
const canonical = (value: unknown): string =>
  JSON.stringify(JSON.parse(toJson(value)), (_key, item: unknown) =>
    item === null || typeof item !== 'object' || Array.isArray(item)
      ? item
      : Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))),
  );

const shown = (status: string, reason: string | null): string =>
  reason === null ? status : `${status} (${reason})`;

const columns: Columns<VerdictRow> = {
  id: ['int4', ({ id }) => id],
  rank: ['int4', ({ item }) => rankOf(item.verdict.status)],
  reason: ['text', ({ item }) => item.verdict.reason],
  detail: ['text', ({ item }) => item.verdict.detail],
  retry_at: ['timestamptz', ({ item }) => item.verdict.retryAt],
  signer: ['text', ({ item }) => item.verdict.signer && signerName(item.verdict.signer)],
  authority: ['text', ({ item }) => item.verdict.authority],
  attested: ['bool', ({ item }) => item.verdict.attested],
  formats: ['jsonb', ({ item }) => formatsOf(item.verdict)],
  media_type: ['text', ({ item }) => item.mediaType],
  platforms: ['jsonb', ({ item }) => item.platforms],
  since: ['timestamptz', ({ since }) => since],
  policy_revision: ['text', ({ item }) => item.verdict.underPolicies?.revision],
  verdict: ['jsonb', ({ item }) => item.verdict],
};

/** The formats in which evidence lies beside the image. */
const formatsOf = (verdict: ImageVerdict): readonly string[] =>
  [...new Set(verdict.evidence.map(({ kind }) => kind))].sort();

async function update(trx: Write['trx'], rows: readonly VerdictRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update image as i set rank = n.rank, reason = n.reason, detail = n.detail, retry_at = n.retry_at,
      signer = n.signer, authority = n.authority, attested = n.attested, formats = n.formats,
      media_type = coalesce(n.media_type, i.media_type), platforms = coalesce(n.platforms, i.platforms),
      since = n.since, verdict = n.verdict, policy_revision = n.policy_revision, revision = i.revision + 1
    from ${asTable(rows, columns)} as n where i.id = n.id`.execute(trx);
}

/** A fact that time undoes is found again, and replaces the one that it was. */
async function saveFacts(trx: Write['trx'], facts: readonly Fact[]): Promise<void> {
  for (const part of chunks(facts))
    await sql`
      insert into fact (subject, evidence, authority_fingerprint, trust_root_revision, verifier_version, verdict)
      select distinct on (1, 2, 3, 4, 5) * from ${asTable(part, {
        subject: ['text', (fact) => fact.subject],
        evidence: ['text', (fact) => fact.evidence],
        authority_fingerprint: ['text', (fact) => fact.authorityFingerprint],
        trust_root_revision: ['text', (fact) => fact.trustRootRevision],
        verifier_version: ['text', (fact) => fact.verifierVersion],
        verdict: ['jsonb', (fact) => fact.verdict],
      })} as input order by 1, 2, 3, 4, 5
      on conflict (subject, evidence, authority_fingerprint, trust_root_revision, verifier_version)
      do update set verdict = excluded.verdict where fact.verdict ? 'holdsUntil'`.execute(trx);
}
