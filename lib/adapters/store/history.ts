import { sql } from 'kysely';
import type { HistoryRow } from '#lib/contract/workloads.ts';
import { asTable, chunks } from './bulk.ts';
import type { Runner } from './database.ts';

/** One thing that changed; null means that it was not there. */
export interface Change {
  readonly what: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Changes of one workload or image with one cause. `subject` is a workload id or {@link imageSubject}. */
export interface HistoryEntry {
  readonly subject: string;
  readonly changes: readonly Change[];
}

interface ImageKey {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
}

/** Under what the history of an image stands. */
export const imageSubject = ({ registry, repository, digest }: ImageKey): string =>
  `${registry}/${repository}@${digest}`;

/** Appends; entries without a change are left out. */
export async function appendHistory(
  run: Runner,
  entries: readonly HistoryEntry[],
  at: Date,
  cause: string,
): Promise<void> {
  const told = entries.filter(({ changes }) => changes.length > 0);
  for (const part of chunks(told))
    await sql`
      insert into history (at, subject, cause, changes)
      select ${at.toISOString()}::timestamptz, subject, ${cause}, changes
      from ${asTable(part, {
        subject: ['text', ({ subject }) => subject],
        changes: ['jsonb', ({ changes }) => changes],
      })} as input`.execute(run);
}

/** The history of some subjects, newest first. */
export async function readHistory(
  run: Runner,
  subjects: readonly string[],
  limit: number,
): Promise<readonly HistoryRow[]> {
  const { rows } = await sql<{ at: Date; cause: string; changes: Change[] }>`
    select at, cause, changes from history where subject = any(${subjects}::text[])
    order by id desc limit ${limit}`.execute(run);
  return rows.flatMap(({ at, cause, changes }) =>
    changes.map((change) => ({ at: at.toISOString(), cause, ...change })),
  );
}
