import { sql } from 'kysely';
import type { Workload } from '#lib/model/workload.ts';
import { asTable } from './bulk.ts';
import type { Trx } from './database.ts';

/** Writes what admission looks at beside the images of these workloads, where it differs. */
export async function saveAdmissionFacts(trx: Trx, workloads: readonly Workload[]): Promise<void> {
  const known = workloads.filter(({ admission }) => admission !== undefined);
  await forgetAdmissionFacts(
    trx,
    workloads.filter(({ admission }) => admission === undefined).map(({ id }) => id),
  );
  if (known.length === 0) return;
  await sql`
    insert into workload_admission (workload_id, facts)
    select * from ${asTable(known, {
      workload_id: ['text', ({ id }) => id],
      facts: ['jsonb', ({ admission }) => admission],
    })} as input order by 1
    on conflict (workload_id) do update set facts = excluded.facts
    where workload_admission.facts is distinct from excluded.facts`.execute(trx);
}

/** Removes the same of workloads that are gone. */
export async function forgetAdmissionFacts(
  trx: Trx,
  workloadIds: readonly string[],
): Promise<void> {
  if (workloadIds.length === 0) return;
  await sql`delete from workload_admission where workload_id = any(${workloadIds}::text[])`.execute(
    trx,
  );
}
