import type { Facet } from '#components/list/facet-menu.tsx';
import type { FilterToken } from '#components/list/filter-bar.tsx';
import { findingWords } from '#components/status/status-words.ts';
import type { WorkloadFilter } from '#lib/contract/workloads.ts';
import { shortDigest } from '#lib/model/digest.ts';
import type { FindingKind } from '#lib/model/posture.ts';
import { isReasonCode, reasonOf } from '#lib/model/reasons.ts';
import type { Pin } from '#lib/model/reference.ts';

const pinTitles: Readonly<Record<Pin, string>> = {
  digest: 'Digest',
  'tag-and-digest': 'Tag and digest',
  tag: 'Tag',
  none: 'No tag',
};

const capital = (word: string): string =>
  word.charAt(0).toUpperCase() + word.slice(1).replaceAll('-', ' ');

/** The title of a reason code; a code that this version does not know stands for itself. */
export const reasonTitle = (code: string): string =>
  isReasonCode(code) ? reasonOf(code).title : code;

/** Facets of the bar; cluster, namespace and team are chosen in the top bar of every page. */
export const workloadFacetList: readonly Facet[] = [
  { key: 'reason', label: 'Reason', text: reasonTitle },
  { key: 'pin', label: 'Pin', text: (pin) => pinTitles[pin as Pin] ?? pin },
  {
    key: 'finding',
    label: 'Finding',
    text: (kind) => findingWords[kind as FindingKind]?.word ?? kind,
  },
  { key: 'registry', label: 'Registry' },
  { key: 'kind', label: 'Kind' },
  { key: 'containerKind', label: 'Container', text: capital, minor: true },
  { key: 'severity', label: 'Severity', text: capital, minor: true },
];

/** What "clear" takes back: all that narrows the list but the scope of the top bar. */
export const unfiltered = {
  q: undefined,
  status: [],
  finding: [],
  reason: [],
  pin: [],
  registry: [],
  kind: [],
  containerKind: [],
  severity: [],
  activity: undefined,
  digest: undefined,
} satisfies Partial<WorkloadFilter>;

/** True when anything but the scope narrows the list. */
export const isFiltered = (filter: WorkloadFilter): boolean =>
  (Object.keys(unfiltered) as (keyof typeof unfiltered)[]).some(
    (key) => (filter[key]?.length ?? 0) > 0,
  );

/** True when the filter asks for statuses that need a person and for nothing else. */
export const asksOnlyForTrouble = (filter: WorkloadFilter): boolean =>
  filter.status.length > 0 &&
  !filter.status.includes('verified') &&
  !isFiltered({ ...filter, status: [] });

/** Parts of the filter that come in links and have no facet. */
export function filterTokens({ activity, digest }: WorkloadFilter): readonly FilterToken[] {
  return [
    ...(activity
      ? [
          {
            key: 'activity',
            label: 'Activity',
            value: activity === 'running' ? 'running' : 'at rest',
          },
        ]
      : []),
    ...(digest ? [{ key: 'digest', label: 'Digest', value: shortDigest(digest) }] : []),
  ];
}
