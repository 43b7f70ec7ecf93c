import type { Job } from '#lib/ports/queue.ts';
import type { ScanDependencies } from './dependencies.ts';
import { alternate, subjectKey } from './jobs.ts';
import type { TrustState } from './trust-material.ts';

/**
 * Puts subjects on the queue whose evidence was judged under other policies than those that cover them
 * now: after a policy changed, and in a first scan those that were checked before their cluster's
 * policies were read. Nothing else is due for that. `seen` remembers each once for the same policies,
 * so that a worker that is behind cannot keep a scan going for ever.
 */
export async function enqueueOtherPolicies(
  { store, queue }: Pick<ScanDependencies, 'store' | 'queue'>,
  { policiesFor }: Pick<TrustState, 'policiesFor'>,
  scanId: string,
  seen: { has(key: string): boolean; add(key: string): unknown },
): Promise<number> {
  if (policiesFor === undefined) return 0;
  const subjects = await store.checkedUnderOtherPolicies(policiesFor);
  const fresh = subjects.filter((subject) => {
    const policies = policiesFor(`${subject.registry}/${subject.repository}`);
    const key = `${subjectKey(subject)} ${policies}`;
    const isNew = !seen.has(key);
    if (isNew) seen.add(key);
    return isNew;
  });
  const jobs = alternate(fresh).map(
    ({ registry, repository, digest }): Job => ({
      kind: 'subject',
      scanId,
      subject: { registry, repository, digest },
    }),
  );
  if (jobs.length > 0) await queue.enqueue(jobs);
  return jobs.length;
}
