import { Play } from 'lucide-react';
import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, type SubmitEvent, useState } from 'react';
import { useUrlState } from '#components/list/use-url-state.ts';
import { Button } from '#components/ui/button.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import { ProblemError } from '#lib/query/fetch-json.ts';
import { useSimulationControl, useSimulationText } from '#lib/query/simulations.ts';
import { DocumentField } from './document-field.tsx';
import { Field, fieldClass } from './field.tsx';
import { PolicyPicker } from './policy-picker.tsx';
import { ClusterField, NamespaceField, useScopeWords } from './scope-fields.tsx';
import {
  FormState,
  kindOf,
  type SuppositionKind,
  simulationHref,
  suppositionKinds,
  wishOf,
} from './supposition.ts';

const kindWords: Readonly<Record<SuppositionKind, string>> = {
  enforce: 'These policies enforce',
  'enforce-namespace': 'Every policy enforces in these namespaces',
  replace: 'Policies are changed',
};

/** What to suppose; everything but the text of a policy lives in the URL. */
export function SimulateForm() {
  const { value, change } = useUrlState(FormState);
  const [typed, setTyped] = useState<string>();
  const [tried, setTried] = useState(false);
  const documents = useSimulationText(value.from, typed);
  const { start } = useSimulationControl();
  const router = useRouter();
  const clusters = useScopeWords('cluster');
  const kind = kindOf(value);
  const cluster = theOne(value.cluster) ?? theOne(clusters.map((word) => word.value));
  const wish = wishOf(value, cluster, documents);
  const lacks = (field: string) =>
    tried && 'lacks' in wish && wish.field === field ? wish.lacks : undefined;
  const put = (patch: Partial<FormState>) => change({ kind, ...patch }, 'replace');

  const submit = () => {
    setTried(true);
    if ('lacks' in wish || start.isPending) return;
    start.mutate(wish.request, {
      onSuccess: ({ id }) => router.push(simulationHref(id) as Route),
    });
  };

  return (
    <Panel title="Suppose that" hint="nothing is applied to any cluster">
      <form
        aria-label="What to suppose"
        className="grid gap-4 px-4 pb-4"
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          submit();
        }}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          submit();
        }}
      >
        <KindChoice value={kind} onChange={(next) => put({ kind: next })} />
        {kind !== 'enforce' && (
          <ClusterField
            value={cluster}
            problem={lacks('cluster')}
            onChange={(next) => put({ cluster: next === '' ? [] : [next] })}
          />
        )}
        {kind !== 'enforce-namespace' && (
          <PolicyPicker
            label={kind === 'enforce' ? 'Policies' : 'Policies that go'}
            hint={
              kind === 'enforce'
                ? 'Each is decided as if it enforced, everything else stays.'
                : 'Objects of the same kind and name are replaced by themselves.'
            }
            problem={lacks('policy')}
            clusters={kind === 'replace' && cluster !== undefined ? [cluster] : value.cluster}
            value={value.policy}
            onChange={(policy) => put({ policy: [...policy] })}
          />
        )}
        {kind === 'replace' && (
          <DocumentField
            value={documents}
            policies={value.policy}
            problem={lacks('documents')}
            onChange={setTyped}
          />
        )}
        <div className="flex flex-wrap gap-x-8 gap-y-4">
          <NamespaceField
            label={kind === 'enforce-namespace' ? 'Namespaces' : 'Workloads of'}
            hint={
              kind === 'enforce-namespace'
                ? 'Every policy that reaches them enforces there.'
                : 'Others are not looked at.'
            }
            none={kind === 'enforce-namespace' ? 'Choose namespaces' : 'All namespaces'}
            value={value.namespace}
            problem={lacks('namespace')}
            onChange={(namespace) => put({ namespace: [...namespace] })}
          />
          <DaysField value={value.days} onChange={(days) => put({ days })} />
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" variant="main" disabled={start.isPending}>
            <Play aria-hidden="true" className="text-inverse!" />
            {start.isPending ? 'Asking' : 'Simulate'}
          </Button>
          <span className="text-ink-3 max-md:hidden">
            <Kbd>Ctrl Enter</Kbd>
          </span>
          {start.error !== null && <Refused error={start.error} />}
        </div>
      </form>
    </Panel>
  );
}

const theOne = (values: readonly string[]): string | undefined =>
  values.length === 1 ? values[0] : undefined;

interface KindChoiceProps {
  readonly value: SuppositionKind;
  readonly onChange: (kind: SuppositionKind) => void;
}

function KindChoice({ value, onChange }: KindChoiceProps) {
  return (
    <fieldset className="flex flex-wrap gap-2">
      <legend className="sr-only">What to suppose</legend>
      {suppositionKinds.map((kind) => (
        <label
          key={kind}
          className="relative inline-flex min-h-(--control) items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:focus-ring"
        >
          <input
            type="radio"
            name="supposition"
            className="accent-accent outline-none focus-visible:shadow-none"
            checked={value === kind}
            onChange={() => onChange(kind)}
          />
          {kindWords[kind]}
        </label>
      ))}
    </fieldset>
  );
}

interface DaysFieldProps {
  readonly value: number;
  readonly onChange: (days: number) => void;
}

/** The number takes effect when it is one; what is being typed may be none yet. */
function DaysField({ value, onChange }: DaysFieldProps) {
  const [text, setText] = useState(String(value));
  const days = Number(text);
  const usable = text.trim() !== '' && Number.isInteger(days) && days >= 0 && days <= 90;
  return (
    <Field
      label="Days of history"
      hint="Also what ran within so many days; 0: only what runs."
      problem={usable ? undefined : 'A whole number from 0 to 90.'}
    >
      {({ id, describedBy }) => (
        <input
          id={id}
          type="number"
          min={0}
          max={90}
          step={1}
          required
          aria-describedby={describedBy}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            const next = Number(event.target.value);
            if (event.target.value !== '' && Number.isInteger(next) && next >= 0 && next <= 90)
              onChange(next);
          }}
          className={`${fieldClass} w-20 tabular-nums`}
        />
      )}
    </Field>
  );
}

/** Why the server does not take the supposition, and what would make it. */
function Refused({ error }: { readonly error: Error }) {
  const remedy = error instanceof ProblemError ? error.remedy : undefined;
  return (
    <div role="alert" className="min-w-0 flex-1 basis-80 text-notice-text">
      <Wrap>{error.message}</Wrap>
      {remedy !== undefined && <p>{remedy}</p>}
    </div>
  );
}
