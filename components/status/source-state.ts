import type { SourceState } from '#lib/contract/sources.ts';

/** What such a source told us may be old. `scanning` and `waiting` are on their way. */
export const isBehind = ({ state }: { readonly state: SourceState }): boolean =>
  state === 'stale' || state === 'failed' || state === 'limited';

export const stateWords: Readonly<Record<SourceState, string>> = {
  current: 'Current',
  scanning: 'Being read',
  stale: 'Stale',
  failed: 'Failed',
  limited: 'Rate limited',
  waiting: 'Not read yet',
};
