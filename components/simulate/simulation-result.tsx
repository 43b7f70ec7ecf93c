import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import type { Simulation } from '#lib/contract/simulations.ts';
import { Breakdowns } from './breakdowns.tsx';
import { Patches } from './patches.tsx';
import { SimulationRows } from './simulation-rows.tsx';
import { refusedText, resultSentences } from './simulation-words.ts';

/** What a simulation came to: the sentence, who is hit, every workload, and what would make it so. */
export function SimulationResult({ simulation }: { readonly simulation: Simulation }) {
  const { counts, total, patches } = simulation;
  return (
    <div className="grid gap-4">
      {counts.workloads === 0 ? (
        <>
          <EmptyState framed title="Nothing would change">
            No policy is about any of the {formatNoun(total, 'workload')} looked at, as supposed or
            today.
          </EmptyState>
          <Patches patches={patches} />
        </>
      ) : (
        <>
          <Summary simulation={simulation} />
          <Breakdowns simulation={simulation} />
          <Patches patches={patches} />
          <SimulationRows simulation={simulation} />
        </>
      )}
    </div>
  );
}

function Summary({ simulation }: { readonly simulation: Simulation }) {
  const { counts, total } = simulation;
  return (
    <section
      aria-label="Result"
      className="rounded-md border border-line bg-surface px-4 py-4 md:px-6"
    >
      <p className="text-figure tabular-nums">{refusedText(counts)}</p>
      <div className="mt-1 grid max-w-[84ch] gap-1 text-pretty text-body">
        {resultSentences(simulation).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <p className="text-ink-2">
          {formatNoun(total, 'workload')} looked at, {formatCount(counts.workloads)} of them under a
          policy.
          {counts.unchanged > 0 &&
            ` ${formatCount(counts.unchanged)} are decided as today, and not listed.`}
        </p>
      </div>
    </section>
  );
}
