import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useUrlState } from '#components/list/use-url-state.ts';
import { useSimulationControl, useSimulationText } from '#lib/query/simulations.ts';
import { useScopeWords } from './scope-fields.tsx';
import {
  FormState,
  kindOf,
  type SuppositionKind,
  simulationHref,
  type WishField,
  wishOf,
} from './supposition.ts';

/** The form as it stands, and what can be done with it. */
export interface SuppositionForm {
  readonly state: FormState;
  readonly kind: SuppositionKind;
  /** The one cluster that is chosen, or the only one that there is. */
  readonly cluster: string | undefined;
  readonly documents: string;
  readonly setDocuments: (text: string) => void;
  readonly put: (patch: Partial<FormState>) => void;
  /** What a field lacks, once somebody tried to start. */
  readonly lacks: (field: WishField) => string | undefined;
  readonly submit: () => void;
  readonly asking: boolean;
  readonly error: Error | null;
}

/** What to suppose: all but the text of a policy lives in the URL. Starting it leads to its page. */
export function useSupposition(): SuppositionForm {
  const { value: state, change } = useUrlState(FormState);
  const [typed, setTyped] = useState<string>();
  const [tried, setTried] = useState(false);
  const documents = useSimulationText(state.from, typed);
  const { start } = useSimulationControl();
  const router = useRouter();
  const clusters = useScopeWords('cluster');
  const kind = kindOf(state);
  const cluster = theOne(state.cluster) ?? theOne(clusters.map((word) => word.value));
  const wish = wishOf(state, cluster, documents);
  return {
    state,
    kind,
    cluster,
    documents,
    setDocuments: setTyped,
    put: (patch) => change({ kind, ...patch }, 'replace'),
    lacks: (field) => (tried && 'lacks' in wish && wish.field === field ? wish.lacks : undefined),
    submit: () => {
      setTried(true);
      if ('lacks' in wish || start.isPending) return;
      start.mutate(wish.request, {
        onSuccess: ({ id }) => router.push(simulationHref(id) as Route),
      });
    },
    asking: start.isPending,
    error: start.error,
  };
}

const theOne = (values: readonly string[]): string | undefined =>
  values.length === 1 ? values[0] : undefined;
