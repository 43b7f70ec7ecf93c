import { useState } from 'react';
import { DocumentField } from './document-field.tsx';
import { Field, fieldClass } from './field.tsx';
import { PolicyPicker } from './policy-picker.tsx';
import { ClusterField, NamespaceField } from './scope-fields.tsx';
import { daysOf, type SuppositionKind, suppositionKinds } from './supposition.ts';
import type { SuppositionForm } from './use-supposition.ts';

const kindWords: Readonly<Record<SuppositionKind, string>> = {
  enforce: 'These policies enforce',
  'enforce-namespace': 'Every policy enforces in these namespaces',
  replace: 'Policies are changed',
};

interface KindChoiceProps {
  readonly value: SuppositionKind;
  readonly onChange: (kind: SuppositionKind) => void;
}

/** Which kind of supposition it is. */
export function KindChoice({ value, onChange }: KindChoiceProps) {
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

/** What the supposition is about: a cluster, policies, their text. */
export function Subject({ form }: { readonly form: SuppositionForm }) {
  const { state, kind, cluster, documents, put, lacks } = form;
  return (
    <>
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
          clusters={kind === 'replace' && cluster !== undefined ? [cluster] : state.cluster}
          value={state.policy}
          onChange={(policy) => put({ policy: [...policy] })}
        />
      )}
      {kind === 'replace' && (
        <DocumentField
          value={documents}
          policies={state.policy}
          problem={lacks('documents')}
          onChange={form.setDocuments}
        />
      )}
    </>
  );
}

/** Over which workloads it is worked out. */
export function Reach({ form: { state, kind, put, lacks } }: { readonly form: SuppositionForm }) {
  const words =
    kind === 'enforce-namespace'
      ? {
          label: 'Namespaces',
          hint: 'Every policy that reaches them enforces there.',
          none: 'Choose namespaces',
        }
      : { label: 'Workloads of', hint: 'Others are not looked at.', none: 'All namespaces' };
  return (
    <div className="flex flex-wrap gap-x-8 gap-y-4">
      <NamespaceField
        {...words}
        value={state.namespace}
        problem={lacks('namespace')}
        onChange={(namespace) => put({ namespace: [...namespace] })}
      />
      <DaysField value={state.days} onChange={(days) => put({ days })} />
    </div>
  );
}

interface DaysFieldProps {
  readonly value: number;
  readonly onChange: (days: number) => void;
}

/** The number takes effect when it is one; what is being typed may be none yet. */
function DaysField({ value, onChange }: DaysFieldProps) {
  const [text, setText] = useState(String(value));
  const type = (next: string) => {
    setText(next);
    const days = daysOf(next);
    if (days !== undefined) onChange(days);
  };
  return (
    <Field
      label="Days of history"
      hint="Also what ran within so many days; 0: only what runs."
      problem={daysOf(text) === undefined ? 'A whole number from 0 to 90.' : undefined}
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
          onChange={(event) => type(event.target.value)}
          className={`${fieldClass} w-20 tabular-nums`}
        />
      )}
    </Field>
  );
}
