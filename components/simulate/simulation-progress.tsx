import { Square } from 'lucide-react';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatCount, formatSpan } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import type { Simulation } from '#lib/contract/simulations.ts';
import { useSimulationControl } from '#lib/query/simulations.ts';

interface SimulationProgressProps {
  readonly simulation: Simulation;
  /** Milliseconds since 1970 at which this progress was read. */
  readonly readAt: number;
}

/** How far a simulation is: workloads looked at, rate, remaining time, and how to stop it. */
export function SimulationProgress({ simulation, readAt }: SimulationProgressProps) {
  const { id, state, done, total } = simulation;
  const { stop } = useSimulationControl();
  const pace = usePace(done, readAt);
  const known = total > 0;
  return (
    <Panel title={state === 'queued' ? 'Waiting for its turn' : 'Looking at workloads'}>
      <div className="grid gap-3 border-line border-t px-4 py-3">
        <div
          role="progressbar"
          aria-label="Workloads looked at"
          aria-valuemin={0}
          aria-valuenow={done}
          {...(known && { 'aria-valuemax': total })}
          className="h-1 overflow-hidden rounded-[2px] bg-line"
        >
          <span
            className="block h-full origin-left bg-fill-neutral transition-transform"
            style={{ transform: `scaleX(${known ? Math.min(1, done / total) : 0})` }}
          />
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="tabular-nums">
            {formatCount(done)}
            {known && ` of ${formatCount(total)}`} workloads
            {pace !== undefined && (
              <span className="text-ink-2">
                , {formatCount(Math.round(pace))} a second
                {known &&
                  done < total &&
                  `, about ${formatSpan(((total - done) / pace) * 1000)} left`}
              </span>
            )}
          </p>
          <span className="ml-auto inline-flex items-center gap-3">
            {stop.error !== null && (
              <span role="alert" className="text-notice-text">
                {stop.error.message}
              </span>
            )}
            <Button disabled={stop.isPending} onClick={() => stop.mutate(id)}>
              <Square aria-hidden="true" />
              {stop.isPending ? 'Stopping' : 'Stop'}
            </Button>
          </span>
        </div>
      </div>
    </Panel>
  );
}

/** Workloads a second since this page began to watch; undefined before it can be said. */
function usePace(done: number, readAt: number): number | undefined {
  const [first, setFirst] = useState({ done, readAt });
  // Work that begins after a wait is not slow: the wait does not count.
  if (first.done === 0 && done > 0) setFirst({ done, readAt });
  const seconds = (readAt - first.readAt) / 1000;
  return seconds < 0.5 || done <= first.done ? undefined : (done - first.done) / seconds;
}
