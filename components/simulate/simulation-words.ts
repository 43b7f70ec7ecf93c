import {
  CircleCheck,
  CircleQuestionMark,
  CircleSlash,
  CircleX,
  Hourglass,
  LogIn,
  type LucideIcon,
  Minus,
  RefreshCw,
  Square,
  Unplug,
} from 'lucide-react';
import { eventWords } from '#components/status/admission-words.ts';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import type { Simulation, SimulationRow, SimulationState } from '#lib/contract/simulations.ts';

interface Word {
  readonly word: string;
  readonly Icon: LucideIcon;
}

/** How a simulation stands. */
export const stateWords: Readonly<Record<SimulationState, Word>> = {
  queued: { word: 'Waiting', Icon: Hourglass },
  running: { word: 'Running', Icon: RefreshCw },
  done: { word: 'Done', Icon: CircleCheck },
  stopped: { word: 'Stopped', Icon: Square },
  failed: { word: 'Failed', Icon: CircleX },
};

export type Change = SimulationRow['change'];

interface ChangeWord extends Word {
  /** Class of the icon's colour. */
  readonly color: string;
  readonly says: string;
}

/** What would change for a workload: icon and word always, colour third. */
export const changeWords: Readonly<Record<Change, ChangeWord>> = {
  'newly-refused': {
    word: 'Newly refused',
    Icon: CircleSlash,
    color: 'text-invalid',
    says: 'Gets in today and would be refused.',
  },
  'newly-error': {
    word: 'Blocked unseen',
    Icon: Unplug,
    color: 'text-inconclusive',
    says: 'Gets in today and would be blocked, because nobody could look.',
  },
  'not-evaluated': {
    word: 'Not evaluated',
    Icon: CircleQuestionMark,
    color: 'text-inconclusive',
    says: 'A rule that is about it cannot be evaluated here.',
  },
  'newly-admitted': {
    word: 'Newly admitted',
    Icon: LogIn,
    color: 'text-ink',
    says: 'Is refused today and would get in.',
  },
  'still-refused': {
    word: 'Still refused',
    Icon: CircleSlash,
    color: 'text-ink-3',
    says: 'Is refused today already.',
  },
  unchanged: {
    word: 'Unchanged',
    Icon: Minus,
    color: 'text-ink-3',
    says: 'Is decided as it is today.',
  },
};

/** How many workloads each change holds for. */
export const countOf = (
  { newlyRefused, newlyError, notEvaluated, ...more }: Simulation['counts'],
  change: Change,
): number =>
  ({
    'newly-refused': newlyRefused,
    'newly-error': newlyError,
    'not-evaluated': notEvaluated,
    'newly-admitted': more.newlyAdmitted,
    'still-refused': more.stillRefused,
    unchanged: more.unchanged,
  })[change];

/** What was supposed, as the title of a page. */
export const titleOf = ({ title, request }: Pick<Simulation, 'title' | 'request'>): string =>
  request.suppose.kind === 'enforce-namespace'
    ? title.charAt(0).toUpperCase() + title.slice(1)
    : title;

/** Those that would be refused for certain, and those that might be: `12`, `12–15`. */
export function refusedText({ newlyRefused, newlyError, notEvaluated }: Simulation['counts']) {
  const open = newlyError + notEvaluated;
  const least = formatCount(newlyRefused);
  return open === 0 ? least : `${least}–${formatCount(newlyRefused + open)}`;
}

/** What the counts come to: who would be refused at which event, and what is not known. */
export function resultSentences(
  result: Pick<Simulation, 'counts' | 'byEvent' | 'request'>,
): readonly string[] {
  const { newlyError, notEvaluated, newlyAdmitted } = result.counts;
  const open = newlyError + notEvaluated;
  const unseen = `${formatCount(newlyError)} would be blocked because nobody could look`;
  const unread = `${formatCount(notEvaluated)} under a rule that cannot be evaluated here`;
  const causes = [...(newlyError > 0 ? [unseen] : []), ...(notEvaluated > 0 ? [unread] : [])];
  return [
    refusedSentence(result),
    ...(open > 0 ? [`${formatCount(open)} could not be checked: ${causes.join(' and ')}.`] : []),
    ...(newlyAdmitted > 0
      ? [`${formatNoun(newlyAdmitted, 'workload')} refused today would get in.`]
      : []),
  ];
}

function refusedSentence({
  counts: { newlyRefused },
  byEvent,
  request: { days },
}: Pick<Simulation, 'counts' | 'byEvent' | 'request'>): string {
  if (newlyRefused === 0) return `No further workload ${whichText(days, true)} would be refused.`;
  const one = newlyRefused === 1;
  const events = byEvent.filter(({ event }) => event !== 'never');
  const next = listed(events.map(({ event }) => eventWords[event].next)) || 'start';
  return `${formatNoun(newlyRefused, 'workload')} ${whichText(days, one)} would be refused at ${one ? 'its' : 'their'} next ${next}.`;
}

/** Which workloads are meant: with days of history, also those that run no more. */
function whichText(days: number, one: boolean): string {
  const today = `that ${one ? 'runs' : 'run'} today`;
  return days === 0 ? today : `${today} or ran in the last ${formatNoun(days, 'day')}`;
}

/** `a, b or c` */
function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} or ${last}`;
}
