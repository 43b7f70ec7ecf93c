import { sql } from 'kysely';
import type { ScanStore, Subject } from '#lib/ports/scan-store.ts';
import type { StoreContext } from './context.ts';
import { inDemand } from './due.ts';

interface Repository {
  readonly registry: string;
  readonly repository: string;
  readonly policy_revision: string | null;
}

/** Revisions of the admission objects of all clusters that were read. */
export async function admissionRevisions({
  db,
}: StoreContext): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ cluster: string; revision: number }>`
    select cluster, revision from admission_reading where revision > 0`.execute(db);
  return new Map(rows.map(({ cluster, revision }) => [cluster, revision]));
}

/** Beside an image without evidence there is nothing that any policy could judge otherwise. */
const hasEvidence = sql`i.checked_at is not null and i.formats <> '[]'::jsonb`;

/** Subjects whose evidence was judged under other policies than those that cover them. */
export async function checkedUnderOtherPolicies(
  { db }: StoreContext,
  revisionOf: Parameters<ScanStore['checkedUnderOtherPolicies']>[0],
): Promise<readonly Subject[]> {
  // There are far fewer repositories than images, and policies speak about repositories.
  const { rows } = await sql<Repository>`
    select distinct i.registry, i.repository, i.policy_revision from image as i
    where ${hasEvidence}`.execute(db);
  const other = rows.filter(({ registry, repository, policy_revision }) => {
    const revision = revisionOf(`${registry}/${repository}`);
    return revision !== undefined && revision !== policy_revision;
  });
  if (other.length === 0) return [];
  const subjects = await sql<Subject>`
    select i.registry, i.repository, i.digest from image as i
    join jsonb_to_recordset(${JSON.stringify(other)}::jsonb)
      as o (registry text, repository text, policy_revision text)
      on i.registry = o.registry and i.repository = o.repository
      and i.policy_revision is not distinct from o.policy_revision
    where ${hasEvidence} and ${inDemand} order by i.id`.execute(db);
  return subjects.rows;
}
