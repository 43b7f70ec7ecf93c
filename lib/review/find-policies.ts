import type { SearchHit } from '#lib/contract/overview.ts';
import type { Fleet } from './fleet.ts';
import { matchesText } from './pages.ts';
import { policyRows } from './policies.ts';

/** Policies whose name, kind or cluster hold every word of a text; none for an empty one. */
export const findPolicies = (fleet: Fleet, text: string): readonly SearchHit[] =>
  text.trim() === ''
    ? []
    : policyRows(fleet)
        .filter(({ name, namespace, kind, cluster }) =>
          matchesText(text, name, namespace, kind, cluster),
        )
        .map(({ id, name, namespace, kind, cluster, mode }) => ({
          kind: 'policy',
          title: name,
          subtitle: [kind, mode, cluster, namespace].filter(Boolean).join(' · '),
          href: `/policies/${id}`,
        }));
