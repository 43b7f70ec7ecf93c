import { judgeWorkload } from '#lib/posture/judge-workload.ts';
import type { ScanDependencies } from './dependencies.ts';
import type { Publisher } from './events.ts';

/** Workloads judged in one transaction. */
const batch = 500;

/** Brings the judgement of workloads up to their facts. */
export interface Judge {
  /** Judges until nothing is left, or until `atMost` workloads were judged; returns how many. */
  run(cause: string, atMost?: number): Promise<number>;
}

/** One judge a process: calls queue up, since two would judge the same workloads twice. */
export function createJudge(
  { store, now, rules }: Pick<ScanDependencies, 'store' | 'now' | 'rules'>,
  publisher: Publisher,
): Judge {
  let last: Promise<unknown> = Promise.resolve();

  async function judge(cause: string, atMost: number): Promise<number> {
    let count = 0;
    while (count < atMost) {
      const workloads = await store.workloadsToJudge(Math.min(batch, atMost - count));
      if (workloads.length === 0) break;
      await store.saveJudgements(
        workloads.map((one) => judgeWorkload(one, rules)),
        now(),
        cause,
      );
      count += workloads.length;
    }
    if (count > 0) publisher.changed('workloads', 'findings', 'overview', 'images');
    return count;
  }
  return {
    run(cause, atMost = Number.POSITIVE_INFINITY) {
      const next = last.catch(() => undefined).then(() => judge(cause, atMost));
      last = next;
      return next;
    },
  };
}
