import { CheckChips, ChipCount } from '#components/list/check-chip.tsx';
import { modeWords } from '#components/status/admission-words.ts';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ControlMatrix, ControlRow } from '#lib/contract/decisions.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { type PolicyMode, policyModes } from '#lib/model/policy.ts';
import { useControl } from '#lib/query/policies.ts';
import { ControlTable } from './control-matrix.tsx';

interface ControlPanelProps {
  readonly scope: Pick<Scope, 'cluster' | 'namespace'>;
  /** Only namespaces whose strongest mode is one of these; empty: all. */
  readonly modes: readonly PolicyMode[];
  readonly onModes: (modes: PolicyMode[]) => void;
}

/** What controls each namespace, by engine and mode, and why nothing stronger does. */
export function ControlPanel({ scope, modes, onModes }: ControlPanelProps) {
  const { data, error, retry } = useControl({
    cluster: scope.cluster,
    namespace: scope.namespace,
    mode: [],
  });
  return (
    <Panel
      id="control"
      title="Coverage of the control"
      hint={data && data.items.length > 0 && controlSentence(data.items)}
      footer={<span>A policy that verifies nothing is not counted as control.</span>}
    >
      <div className="min-h-72">
        {data === undefined && error === null && (
          <SkeletonRows rows={8} widths={[10, 6, 6, 6, 14]} label="Reading the control matrix" />
        )}
        {error !== null && (
          <EmptyState
            role="alert"
            title="Cannot show the coverage of the control"
            action={<Button onClick={retry}>Try again</Button>}
          >
            {error.message}
          </EmptyState>
        )}
        {data !== undefined && <Body matrix={data} modes={modes} onModes={onModes} />}
      </div>
    </Panel>
  );
}

interface BodyProps extends Pick<ControlPanelProps, 'modes' | 'onModes'> {
  readonly matrix: ControlMatrix;
}

function Body({ matrix: { items, engines }, modes, onModes }: BodyProps) {
  if (items.length === 0)
    return (
      <p className="border-line border-t px-4 py-6 text-ink-2">
        No namespace is known in this scope.
      </p>
    );
  const rows = modes.length === 0 ? items : items.filter((row) => modes.includes(row.strongest));
  return (
    <>
      <ModeChips rows={items} value={modes} onChange={onModes} />
      {rows.length === 0 ? (
        <p className="border-line border-t px-4 py-6 text-ink-2">
          No namespace has {modes.length === 1 ? 'this mode' : 'one of these modes'} in effect.
        </p>
      ) : (
        <ControlTable rows={rows} engines={engines} />
      )}
    </>
  );
}

interface ModeChipsProps {
  readonly rows: readonly ControlRow[];
  readonly value: readonly PolicyMode[];
  readonly onChange: (modes: PolicyMode[]) => void;
}

/** Namespaces by their strongest mode; any number of modes narrows the matrix. */
function ModeChips({ rows, value, onChange }: ModeChipsProps) {
  const counts = countModes(rows);
  return (
    <div data-print="none" className="px-4 pb-3">
      <CheckChips
        legend="Strongest mode in effect"
        choices={policyModes}
        value={value}
        onChange={onChange}
        className="flex-wrap"
      >
        {(mode) => {
          const { word, Icon } = modeWords[mode];
          return (
            <>
              <Icon aria-hidden="true" className="size-4 text-ink-2" />
              {word}
              <ChipCount value={counts[mode]} />
            </>
          );
        }}
      </CheckChips>
    </div>
  );
}

/** Namespaces by their strongest mode. */
export function countModes(rows: readonly ControlRow[]): Readonly<Record<PolicyMode, number>> {
  const counts = { enforce: 0, warn: 0, audit: 0, none: 0 };
  for (const { strongest } of rows) counts[strongest] += 1;
  return counts;
}

/** `19 of 23 namespaces have a policy that verifies; 5 enforce, 4 warn, 10 audit, 4 none` */
export function controlSentence(rows: readonly ControlRow[]): string {
  const { enforce, warn, audit, none } = countModes(rows);
  const controlled = formatCount(rows.length - none);
  const verb = rows.length - none === 1 ? 'has' : 'have';
  return `${controlled} of ${formatNoun(rows.length, 'namespace')} ${verb} a policy that verifies: ${formatCount(enforce)} enforce, ${formatCount(warn)} warn, ${formatCount(audit)} audit; ${formatCount(none)} none`;
}
