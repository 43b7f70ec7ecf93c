import { FileInput } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format.ts';
import { usePolicyChoices, usePolicyDocument } from '#lib/query/simulations.ts';
import { useHydrated } from '#lib/query/use-list.ts';
import { Field } from './field.tsx';
import { longestDocuments } from './supposition.ts';

interface DocumentFieldProps {
  readonly value: string;
  /** Policies whose documents can be begun with. */
  readonly policies: readonly string[];
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}

/** The text of policies that stand in place of others. */
export function DocumentField({ value, policies, problem, onChange }: DocumentFieldProps) {
  const load = usePolicyDocument();
  const hydrated = useHydrated();
  const { data } = usePolicyChoices();
  const names = new Map((hydrated ? data?.items : [])?.map(({ id, name }) => [id, name]));
  const begin = (id: string) =>
    load.mutate(id, { onSuccess: (document) => onChange(joined(value, document)) });
  const hint =
    value.length > longestDocuments * 0.9
      ? `${formatCount(value.length)} of ${formatCount(longestDocuments)} characters.`
      : 'YAML or JSON, several documents between lines of ---. It is read, never applied.';
  return (
    <Field label="Policies as they would be" hint={hint} problem={problem ?? load.error?.message}>
      {({ id, describedBy }) => (
        <>
          {policies.length > 0 && (
            <div className="flex flex-wrap gap-2">
              {policies.map((policy) => (
                <Button key={policy} disabled={load.isPending} onClick={() => begin(policy)}>
                  <FileInput aria-hidden="true" />
                  Start from {names.get(policy) ?? 'this policy'}
                </Button>
              ))}
            </div>
          )}
          <textarea
            id={id}
            aria-describedby={describedBy}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            rows={18}
            wrap="off"
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            placeholder="apiVersion: kyverno.io/v1&#10;kind: ClusterPolicy&#10;…"
            className="w-full resize-y rounded-md border border-line-field bg-sunken px-3 py-2 font-mono text-code outline-none placeholder:text-ink-3 focus-visible:border-accent focus-visible:shadow-[0_0_0_1px_var(--accent)]"
          />
        </>
      )}
    </Field>
  );
}

/** What was written is never lost: a document that is loaded comes after it. */
const joined = (written: string, document: string): string =>
  written.trim() === '' ? document : `${written.trimEnd()}\n---\n${document}`;
