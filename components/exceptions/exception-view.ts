import { z } from 'zod';
import type { Facet } from '#components/list/facet-menu.tsx';
import type { RowIdentity } from '#components/list/row-model.ts';
import type { SavedView } from '#components/list/saved-views.tsx';
import { engineNames } from '#components/status/admission-words.ts';
import { decisionsHref, policyHref } from '#components/status/hrefs.ts';
import {
  BypassFilter,
  type BypassRow,
  ExceptionFilter,
  type ExceptionRow,
} from '#lib/contract/exceptions.ts';
import { many } from '#lib/contract/paging.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';
import {
  type ExceptionFault,
  type ExceptionKind,
  exceptionFaults,
  exceptionKinds,
} from '#lib/model/admission.ts';
import { type BypassCode, bypassCodes, bypassWords } from '#lib/model/bypass.ts';
import { type Engine, engines } from '#lib/model/policy.ts';
import { exceptionKindWords, faultWords } from './exception-words.ts';

/** The two lists of the page. */
export const tabs = ['exceptions', 'bypasses'] as const;
const Tab = z.enum(tabs).default('exceptions');

/** Columns that can be chosen; the object itself always stands. */
export const exceptionColumnIds = [
  'cluster',
  'engine',
  'kind',
  'policy',
  'scope',
  'owner',
  'expires',
  'faults',
  'workloads',
  'created',
] as const;
export const bypassColumnIds = [
  'cluster',
  'engine',
  'severity',
  'effect',
  'object',
  'why',
  'workloads',
] as const;

/** The scope boxes write these too: they are kept for the way on, though they do not narrow here. */
const kept = { namespace: Scope.shape.namespace, team: Scope.shape.team };

/** Everything that the ledger keeps in its URL. */
export const ExceptionView = ExceptionFilter.extend({
  ...kept,
  tab: Tab,
  columns: many(z.enum(exceptionColumnIds)),
  open: z.string().max(1000).optional(),
});
export type ExceptionView = z.infer<typeof ExceptionView>;

/** The same for the ways past the engines. */
export const BypassView = BypassFilter.extend({
  ...kept,
  tab: Tab,
  columns: many(z.enum(bypassColumnIds)),
  open: z.string().max(1000).optional(),
});
export type BypassView = z.infer<typeof BypassView>;

/** Which of the two lists a URL asks for. */
export const TabState = z.object({ tab: Tab });

const titles = { exceptions: 'Exceptions', bypasses: 'Ways past the engines' } as const;

/** Links to the two lists within the scope as it stands. */
export const tabLinks = (
  current: (typeof tabs)[number],
  scope: Partial<Scope>,
): readonly SavedView[] =>
  tabs.map((tab) => ({
    name: titles[tab],
    current: tab === current,
    href: urlOf('/exceptions', writeUrl(Scope.extend({ tab: Tab }), { ...scope, tab })),
  }));

const engineFacet: Facet = {
  key: 'engine',
  label: 'Engine',
  values: engines.map((value) => ({ value })),
  text: (value) => engineNames[value as Engine] ?? value,
};

/** Facets of the ledger; clusters are chosen in the top bar of every page. */
export const exceptionFacetList: readonly Facet[] = [
  {
    key: 'kind',
    label: 'Kind',
    values: exceptionKinds.map((value) => ({ value })),
    text: (value) => exceptionKindWords[value as ExceptionKind] ?? value,
  },
  engineFacet,
  {
    key: 'fault',
    label: 'Fault',
    values: exceptionFaults.map((value) => ({ value })),
    text: (value) => faultWords[value as ExceptionFault]?.word ?? value,
  },
];

/** The same for the ways past the engines. */
export const bypassFacetList: readonly Facet[] = [
  {
    key: 'code',
    label: 'Kind',
    values: bypassCodes.map((value) => ({ value })),
    text: (value) => bypassWords[value as BypassCode]?.title ?? value,
  },
  engineFacet,
];

/** What "clear" takes back: all that narrows the list but the scope of the top bar. */
export const unfilteredExceptions = {
  engine: [],
  kind: [],
  fault: [],
  q: undefined,
} satisfies Partial<ExceptionFilter>;
export const unfilteredBypasses = {
  engine: [],
  code: [],
  q: undefined,
} satisfies Partial<BypassFilter>;

/** What an exception is called; it has no page, so the keyboard visits the policy that it is about. */
export const exceptionIdentity: RowIdentity<ExceptionRow> = {
  key: ({ id }) => id,
  name: ({ cluster, object, policy }) =>
    `${cluster} ${object}${policy === null ? '' : ` (${policy})`}`,
  href: ({ id, policyId }) =>
    policyId === null ? decisionsHref({ exception: id }) : policyHref(policyId),
};

/** What a way past an engine is called; its page is the list of who could use it. */
export const bypassIdentity: RowIdentity<BypassRow> = {
  key: ({ id }) => id,
  name: ({ cluster, title, name }) => `${cluster} ${title} (${name})`,
  href: ({ id }) => decisionsHref({ bypass: id }),
};
