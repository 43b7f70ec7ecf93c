import { type ReactNode, useState } from 'react';
import { eventWords } from '#components/status/admission-words.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Simulation } from '#lib/contract/simulations.ts';
import { reasonQuery, rowsHref } from './simulation-view.ts';

/** Lines drawn at first; the rest follow on request. */
const atFirst = 6;

/** The changes that owners, reasons and events are counted of. */
const hit = ['newly-refused', 'newly-error'] as const;

interface Line {
  readonly key: string;
  readonly text: ReactNode;
  readonly count: number;
  /** The rows behind the number; absent where no filter of rows means them. */
  readonly href?: string;
}

/** Who would be hit, why, and at which event, each number with its rows. */
export function Breakdowns({ simulation }: { readonly simulation: Simulation }) {
  const { id, counts, byOwner, byReason, byEvent } = simulation;
  const all = counts.newlyRefused + counts.newlyError;
  if (all === 0) return null;
  const href = (filter: Parameters<typeof rowsHref>[1]) =>
    rowsHref(id, { change: [...hit], ...filter });
  const owners = byOwner.map(
    ({ team, workloads }): Line => ({
      key: team ?? '',
      text: team === null ? <span className="text-ink-2">no team label</span> : <Wrap>{team}</Wrap>,
      count: workloads,
      ...(team !== null && { href: href({ team: [team] }) }),
    }),
  );
  const reasons = byReason.map(
    ({ why, workloads }): Line => ({
      key: why,
      text: <Wrap>{why}</Wrap>,
      count: workloads,
      href: href({ q: reasonQuery(why) }),
    }),
  );
  const events = byEvent.map(
    ({ event, workloads }): Line => ({
      key: event,
      text: eventWords[event].word,
      count: workloads,
      href: href({ event: [event] }),
    }),
  );
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,2fr)_minmax(0,1fr)]">
      <Breakdown title="By owner" lines={owners} all={all} />
      <Breakdown title="By reason" lines={reasons} all={all} />
      <Breakdown title="By next event" lines={events} all={all} />
    </div>
  );
}

interface BreakdownProps {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Workloads that the lines count; what they leave out is said. */
  readonly all: number;
}

function Breakdown({ title, lines, all }: BreakdownProps) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? lines : lines.slice(0, atFirst);
  const others = all - lines.reduce((sum, { count }) => sum + count, 0);
  return (
    <Panel title={title}>
      <ul className="border-line border-t py-1">
        {shown.map((line) => (
          <BreakdownLine key={line.key} line={line} all={all} />
        ))}
      </ul>
      {shown.length < lines.length && (
        <div className="border-line border-t px-2 py-1.5">
          <Button variant="quiet" onClick={() => setWhole(true)}>
            Show all {formatCount(lines.length)}
          </Button>
        </div>
      )}
      {shown.length === lines.length && others > 0 && (
        <p className="border-line border-t px-4 py-2 text-ink-2">
          {formatCount(others)} more for other reasons; the rows below name each.
        </p>
      )}
    </Panel>
  );
}

function BreakdownLine({ line, all }: { readonly line: Line; readonly all: number }) {
  const { text, count, href } = line;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_64px_auto] items-center gap-3 px-4 py-1">
      {href === undefined ? (
        <span>{text}</span>
      ) : (
        <Link href={href} className="min-w-0 hover:underline hover:underline-offset-3">
          {text}
        </Link>
      )}
      <span aria-hidden="true" className="h-1.5 overflow-hidden rounded-[2px] bg-line">
        <span
          className="block h-full origin-left bg-fill-neutral"
          style={{ transform: `scaleX(${count / all})` }}
        />
      </span>
      <span className="min-w-[4ch] text-right tabular-nums">{formatCount(count)}</span>
    </li>
  );
}
