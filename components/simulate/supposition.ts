import { z } from 'zod';
import { many } from '#lib/contract/paging.ts';
import type { Simulation, SimulationRequest } from '#lib/contract/simulations.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';

/** The kinds of supposition, in the order of the form. */
export const suppositionKinds = ['enforce', 'enforce-namespace', 'replace'] as const;
export type SuppositionKind = (typeof suppositionKinds)[number];

/** As much text as a request may carry. */
export const longestDocuments = 60_000;

const Days = z.coerce.number().int().min(0).max(90);

/** Days of history that a simulation can have; undefined for any other text. */
export const daysOf = (text: string): number | undefined =>
  text.trim() === '' ? undefined : Days.safeParse(text).data;

/** What the form keeps in its URL: everything but the text of a policy. */
export const FormState = Scope.extend({
  kind: z.enum(suppositionKinds).optional(),
  policy: many(z.string().max(1000)),
  days: Days.default(30),
  /** A simulation whose text the form begins with. */
  from: z.string().max(200).optional(),
});
export type FormState = z.infer<typeof FormState>;

/** The kind that a link means when it names none. */
export function kindOf({ kind, policy, cluster, namespace }: FormState): SuppositionKind {
  if (kind !== undefined) return kind;
  return policy.length === 0 && cluster.length > 0 && namespace.length > 0
    ? 'enforce-namespace'
    : 'enforce';
}

export type WishField = 'policy' | 'cluster' | 'namespace' | 'documents';

/** What the form asks for, or the one thing that it lacks. */
export type Wish =
  | { readonly request: SimulationRequest }
  | { readonly lacks: string; readonly field: WishField };

/**
 * Reads the form. `cluster` is the one that stands in its box, undefined where none or several do.
 */
export function wishOf(state: FormState, cluster: string | undefined, documents: string): Wish {
  const { policy, namespace, days } = state;
  const rest = { days, namespaces: [...namespace] };
  switch (kindOf(state)) {
    case 'enforce':
      if (policy.length === 0) return { lacks: 'Choose at least one policy.', field: 'policy' };
      return { request: { suppose: { kind: 'enforce', policies: [...policy] }, ...rest } };
    case 'enforce-namespace':
      if (cluster === undefined) return { lacks: 'Choose one cluster.', field: 'cluster' };
      if (namespace.length === 0)
        return { lacks: 'Choose at least one namespace.', field: 'namespace' };
      return {
        request: {
          suppose: { kind: 'enforce-namespace', cluster, namespaces: [...namespace] },
          ...rest,
        },
      };
    case 'replace':
      return replacement(cluster, policy, documents, rest);
  }
}

function replacement(
  cluster: string | undefined,
  replaces: readonly string[],
  documents: string,
  rest: Pick<SimulationRequest, 'days' | 'namespaces'>,
): Wish {
  if (cluster === undefined) return { lacks: 'Choose one cluster.', field: 'cluster' };
  if (documents.trim() === '')
    return { lacks: 'Paste a policy, or start from one that exists.', field: 'documents' };
  if (documents.length > longestDocuments)
    return { lacks: 'The text is longer than 60,000 characters.', field: 'documents' };
  return {
    request: { suppose: { kind: 'replace', cluster, replaces: [...replaces], documents }, ...rest },
  };
}

/** The form as it stood when a simulation was asked for, to change it. */
export function formHref({ id, request: { suppose, days, namespaces } }: Simulation): string {
  const state = {
    kind: suppose.kind,
    days,
    namespace: suppose.kind === 'enforce-namespace' ? suppose.namespaces : namespaces,
    ...(suppose.kind === 'enforce' ? { policy: suppose.policies } : { cluster: [suppose.cluster] }),
    ...(suppose.kind === 'replace' && { policy: suppose.replaces, from: id }),
  };
  return urlOf('/simulate', writeUrl(FormState, state));
}

export const simulationHref = (id: string): string => `/simulate/${encodeURIComponent(id)}`;
