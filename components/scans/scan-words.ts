import type { ScanRow } from '#lib/contract/sources.ts';

type Stage = ScanRow['stages'][number]['name'];

/** Each stage, and what it counts. */
export const stageWords: Readonly<Record<Stage, { name: string; counts: string }>> = {
  inventory: { name: 'Read clusters and registries', counts: 'sources' },
  resolve: { name: 'Resolve tags', counts: 'tags' },
  verify: { name: 'Verify', counts: 'digests' },
  posture: { name: 'Judge', counts: 'workloads' },
};

export const stateWords: Readonly<Record<ScanRow['state'], string>> = {
  queued: 'Waiting',
  running: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
  done: 'Done',
  failed: 'Failed',
};

export const triggerWords: Readonly<Record<ScanRow['trigger'], string>> = {
  start: 'at start',
  request: 'on request',
  schedule: 'by schedule',
  watch: 'after a change',
  configuration: 'after a change of configuration',
};

/** True while a scan has work left. */
export const isActive = ({ state }: Pick<ScanRow, 'state'>): boolean =>
  state === 'queued' || state === 'running' || state === 'stopping';
