import { ChevronDown, X } from 'lucide-react';
import { ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames, modeWords } from '#components/status/admission-words.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { MultiCombobox } from '#components/ui/combobox.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Clip } from '#components/ui/text.tsx';
import type { PolicyRow } from '#lib/contract/policies.ts';
import { usePolicyChoices } from '#lib/query/simulations.ts';
import { useHydrated } from '#lib/query/use-list.ts';
import { Field } from './field.tsx';

interface PolicyPickerProps {
  readonly label: string;
  readonly hint: string;
  readonly problem: string | undefined;
  /** Only policies of these clusters are offered; empty: of all. */
  readonly clusters: readonly string[];
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

/** Any number of policies, chosen by typing, with what each does today. */
export function PolicyPicker(props: PolicyPickerProps) {
  const { label, hint, problem, clusters, value, onChange } = props;
  const { data, error, refetch } = usePolicyChoices();
  const hydrated = useHydrated();
  const known = (hydrated && data?.items) || [];
  const offered = known.filter(
    ({ id, cluster }) => clusters.length === 0 || clusters.includes(cluster) || value.includes(id),
  );
  const byId = new Map(known.map((policy) => [policy.id, policy]));
  const count =
    hydrated && data !== undefined ? formatNoun(offered.length, 'policy', 'policies') : 'Reading…';
  return (
    <Field label={label} hint={hint} problem={problem ?? failure(error)}>
      {({ id, describedBy }) => (
        <>
          <MultiCombobox
            label="Policy"
            options={offered.map((policy) => ({
              value: policy.id,
              label: optionText(policy),
              icon: <ModeIcon policy={policy} />,
            }))}
            value={value}
            onChange={onChange}
            trigger={
              <button
                type="button"
                id={id}
                aria-describedby={describedBy}
                aria-label={`${label}: ${value.length === 0 ? 'none chosen' : `${value.length} chosen`} of ${count}`}
                className={buttonClass()}
              >
                {value.length === 0
                  ? 'Choose policies'
                  : formatNoun(value.length, 'policy', 'policies')}
                <span className="font-normal text-ink-3 tabular-nums">of {count}</span>
                <ChevronDown aria-hidden="true" />
              </button>
            }
          />
          {error !== null && data === undefined && (
            <Button onClick={() => void refetch()}>Read the policies again</Button>
          )}
          {value.length > 0 && (
            <ul className="mt-1 flex max-w-full flex-wrap gap-1.5">
              {value.map((policyId) => (
                <Chosen
                  key={policyId}
                  id={policyId}
                  policy={byId.get(policyId)}
                  known={hydrated && data !== undefined}
                  onRemove={() => onChange(value.filter((other) => other !== policyId))}
                />
              ))}
            </ul>
          )}
        </>
      )}
    </Field>
  );
}

const failure = (error: Error | null): string | undefined =>
  error === null ? undefined : `The policies cannot be read: ${error.message}`;

/** Everything by which somebody might look for it. */
const optionText = ({ name, namespace, engine, cluster }: PolicyRow): string =>
  `${namespace === null ? name : `${namespace}/${name}`} · ${engineNames[engine]} · ${cluster}`;

function ModeIcon({ policy: { mode } }: { readonly policy: PolicyRow }) {
  const { Icon, word } = modeWords[mode];
  return <Icon aria-label={word} className="flex-none text-ink-3" />;
}

interface ChosenProps {
  readonly id: string;
  readonly policy: PolicyRow | undefined;
  /** The policies were read: one that is not among them does not exist. */
  readonly known: boolean;
  readonly onRemove: () => void;
}

function Chosen({ id, policy, known, onRemove }: ChosenProps) {
  const name = policy?.name ?? id;
  return (
    <li className="inline-flex h-control max-w-full items-center gap-2 rounded-md border border-line-strong bg-surface pr-1 pl-2.5">
      <Clip className="font-medium">{name}</Clip>
      {policy !== undefined && (
        <>
          <Clip className="text-ink-2">{policy.cluster}</Clip>
          <ModeBadge mode={policy.mode} />
        </>
      )}
      {policy === undefined && known && <span className="text-notice-text">no longer there</span>}
      <button
        type="button"
        aria-label={`Remove ${name}`}
        onClick={onRemove}
        className="rounded-sm p-0.5 text-ink-2 hover:text-ink"
      >
        <X aria-hidden="true" className="size-3.5" />
      </button>
    </li>
  );
}
