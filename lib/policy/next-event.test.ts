import { describe, expect, it } from 'vitest';
import type { AdmissionFacts, Workload } from '#lib/model/workload.ts';
import { nextEvent } from './next-event.ts';
import { scheduleText } from './schedule-text.ts';

const workload = (kind: string, facts: Partial<AdmissionFacts> = {}): Workload => ({
  id: 'prod/1',
  cluster: 'prod',
  namespace: 'shop',
  apiVersion: 'v1',
  kind,
  name: 'web',
  uid: '1',
  admission: { labels: {}, podLabels: {}, mirror: false, pods: ['web-1'], ...facts },
});

describe('nextEvent', () => {
  it.each([
    ['Deployment', { replicas: 3 }, 'drain', 'nobody needs to change'],
    ['StatefulSet', { replicas: 1 }, 'drain', 'next rollout'],
    ['Deployment', { replicas: 0 }, 'scale-up', 'scaled up'],
    ['DaemonSet', { replicas: 5 }, 'rollout', 'a drain leaves its pods alone'],
    ['Job', {}, 'retry', 'finished Job'],
    ['Pod', {}, 'recreation', 'deletes and creates'],
    ['Pod', { mirror: true }, 'never', 'asks no admission'],
    ['Rollout', { replicas: 2 }, 'drain', 'next rollout'],
    ['CronJob', { schedule: '30 2 * * *', replicas: 1 }, 'cron-tick', 'every day at 02:30'],
    ['CronJob', { schedule: '*/5 * * * *', replicas: 0 }, 'cron-tick', 'it is suspended'],
  ])('of a %s with %j is %s', (kind, facts, event, detail) => {
    expect(nextEvent(workload(kind, facts))).toEqual({
      event,
      detail: expect.stringContaining(detail),
    });
  });
});

describe('scheduleText', () => {
  it.each([
    ['@hourly', 'every hour'],
    ['* * * * *', 'every minute'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['7 * * * *', 'every hour at minute 7'],
    ['0 */6 * * *', 'every 6 hours at minute 0'],
    ['0 3 * * 1-5', 'Monday to Friday at 03:00'],
    ['0 3 * * sat,0', 'on Saturday, Sunday at 03:00'],
    ['0 3 1 * *', 'on day 1 of every month at 03:00'],
    ['CRON_TZ=Europe/Berlin 0 3 * * *', 'every day at 03:00 (Europe/Berlin)'],
    ['0 3 1-7 * 1', 'by the schedule 0 3 1-7 * 1'],
    ['0 3 * 2 *', 'by the schedule 0 3 * 2 *'],
    ['@constructor', 'by the schedule @constructor'],
    ['nonsense', 'by the schedule nonsense'],
  ])('%s: %s', (schedule, text) => {
    expect(scheduleText(schedule)).toBe(text);
  });
});
