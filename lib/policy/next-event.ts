import type { Workload } from '#lib/model/workload.ts';
import type { NextEvent } from './admission.ts';
import { scheduleText } from './schedule-text.ts';

const asked = 'then admission is asked about its new pods';

/**
 * What would meet admission next, of a workload that runs or rests: admission is asked when an object
 * comes or changes, and never about what is there already.
 */
export function nextEvent({ kind, admission }: Workload): NextEvent {
  const { mirror = false, replicas, schedule = '' } = admission ?? {};
  if (mirror)
    return {
      event: 'never',
      detail: 'a static pod is started by its kubelet, which asks no admission',
    };
  if (kind === 'CronJob') return cronTick(schedule, replicas === 0);
  if (kind === 'Job')
    return {
      event: 'retry',
      detail: `when one of its pods fails, is evicted or loses its node, the Job makes another; ${asked}. A finished Job is not asked about again`,
    };
  if (kind === 'Pod')
    return {
      event: 'recreation',
      detail:
        'nothing makes it anew: admission is asked when somebody deletes and creates it again',
    };
  if (replicas === 0)
    return { event: 'scale-up', detail: `it has no pods; when it is scaled up, ${asked}` };
  if (kind === 'DaemonSet')
    return {
      event: 'rollout',
      // kubectl drain passes over pods of a DaemonSet.
      detail: `a drain leaves its pods alone: the next rollout, or a node that joins, makes new ones; ${asked}`,
    };
  return {
    event: 'drain',
    detail: `a drained or failed node comes first, since nobody needs to change the workload for it; ${asked}, as at the next rollout`,
  };
}

const cronTick = (schedule: string, isSuspended: boolean): NextEvent => {
  const words = schedule === '' ? 'at its next tick' : scheduleText(schedule);
  return isSuspended
    ? {
        event: 'cron-tick',
        detail: `it is suspended; once resumed it makes pods ${words}, and ${asked}`,
      }
    : { event: 'cron-tick', detail: `it makes pods ${words}; ${asked}` };
};
