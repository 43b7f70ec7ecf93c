import type { ControlCell } from '#lib/model/admission.ts';
import type { Engine, PolicyMode, PolicySummary } from '#lib/model/policy.ts';
import type { AdmissionInput } from './admission.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { UnevaluatedPolicy } from './decisions/unevaluated.ts';
import { fitsGlob } from './gatekeeper/match.ts';
import { modeOf } from './kyverno/read-kyverno-policy.ts';
import type { KyvernoRule } from './kyverno/schema.ts';
import { compileWildcard } from './patterns.ts';
import { selects } from './selector.ts';
import type { AdmissionSurface } from './webhooks/admission-surface.ts';
import { controlCoverage } from './webhooks/control-coverage.ts';

type Namespace = AdmissionInput['namespaces'][number];

/** In which mode a policy works in a namespace; undefined where its own rules do not reach it. */
export type ModeIn = (namespace: Namespace) => PolicyMode | undefined;

/** A policy with its mode by namespace. */
export interface Moded {
  readonly summary: PolicySummary;
  readonly modeIn: ModeIn;
}

/**
 * What each engine does in each namespace. Only policies that ask for signatures or attestations
 * control anything here: one that looks at labels would be a green without a cause.
 */
export function controlOf(
  namespaces: readonly Namespace[],
  engines: readonly Engine[],
  policies: readonly Moded[],
  surface: Pick<AdmissionSurface, 'webhooks' | 'exemptions'>,
): ReadonlyMap<string, readonly ControlCell[]> {
  const verifying = policies.filter(({ summary }) => summary.verifies);
  const silent = new Set(
    engines.filter((engine) => !verifying.some(({ summary }) => summary.engine === engine)),
  );
  const table = new Map<string, ControlCell[]>();
  for (const namespace of namespaces) {
    const cells = controlCoverage({
      namespaces: [namespace],
      engines,
      exemptions: surface.exemptions.filter((one) => one.namespace === namespace.name),
      ...(surface.webhooks && { webhooks: surface.webhooks }),
      policies: verifying.flatMap(({ summary, modeIn }) => {
        const mode = modeIn(namespace);
        return mode === undefined ? [] : [{ summary: { ...summary, mode } }];
      }),
    });
    table.set(
      namespace.name,
      cells.map(({ engine, mode, why }) => {
        const reason = why === unreached && silent.has(engine) ? asksNothing : why;
        return { engine, mode, ...(reason !== undefined && { why: reason }) };
      }),
    );
  }
  return table;
}

const unreached = 'no policy reaches this namespace';
const asksNothing = 'none of its policies asks for signatures';

/** Modes of Kyverno's policies by namespace: filters of namespaces, and overrides. */
export function kyvernoModes(objects: Pick<ClusterObjects, 'of'>): readonly Moded[] {
  return [
    ...objects.of('kyverno-policy').flatMap(({ summary, content }) =>
      summary === undefined
        ? []
        : [
            {
              summary,
              modeIn: (namespace: Namespace) => {
                const here = content.rules.filter(({ rule }) => reachesNamespace(rule, namespace));
                if (here.length === 0) return undefined;
                const modes = here.map(({ rule }) => modeOf(content.spec, rule, namespace));
                return modes.includes('enforce') ? ('enforce' as const) : ('audit' as const);
              },
            },
          ],
    ),
    ...objects.of('image-validating-policy').flatMap(({ summary, content }) => {
      const selector = content.spec.matchConstraints?.namespaceSelector;
      return summary === undefined
        ? []
        : [
            {
              summary,
              modeIn: ({ labels }: Namespace) =>
                selects(selector, labels) ? content.mode : undefined,
            },
          ];
    }),
  ];
}

function reachesNamespace({ match, exclude }: KyvernoRule, namespace: Namespace): boolean {
  const fits = (filter: KyvernoRule['match']) => {
    const { namespaces, namespaceSelector } = filter.resources ?? {};
    return (
      (namespaces === undefined ||
        namespaces.some((one) => compileWildcard(one)(namespace.name))) &&
      selects(namespaceSelector, namespace.labels)
    );
  };
  const matched =
    (match.any?.length ?? 0) > 0
      ? (match.any ?? []).some(fits)
      : [match, ...(match.all ?? [])].every(fits);
  // An exclusion takes a namespace out only where it asks for nothing else.
  const excluded = [...(exclude?.any ?? []), ...(exclude?.resources ? [exclude] : [])].some(
    (filter) => asksForNamespaceOnly(filter) && fits(filter),
  );
  return matched && !excluded;
}

function asksForNamespaceOnly({ resources, ...others }: KyvernoRule['match']): boolean {
  const { namespaces, namespaceSelector, kinds, ...more } = resources ?? {};
  const asksKind = kinds !== undefined && !kinds.some((kind) => /^(\*|Pod)$/.test(kind));
  const asksElse = [...Object.values(more), ...Object.values(others)].some(
    (one) => one !== undefined,
  );
  return (namespaces ?? namespaceSelector) !== undefined && !asksKind && !asksElse;
}

/** Modes of Gatekeeper's constraints by namespace. */
export const constraintModes = (
  summaries: readonly PolicySummary[],
  objects: Pick<ClusterObjects, 'of'>,
): readonly Moded[] =>
  objects.of('constraint').flatMap(({ head, content }) => {
    const summary = summaries.find(({ reference }) => reference === head.reference);
    const { namespaces = [], excludedNamespaces = [], namespaceSelector, scope } = content.match;
    const any = (globs: readonly string[], name: string) =>
      globs.some((glob) => fitsGlob(glob, name));
    return summary === undefined
      ? []
      : [
          {
            summary,
            modeIn: ({ name, labels }: Namespace) =>
              scope !== 'Cluster' &&
              (namespaces.length === 0 || any(namespaces, name)) &&
              !any(excludedNamespaces, name) &&
              selects(namespaceSelector, labels)
                ? content.mode
                : undefined,
          },
        ];
  });

/** Modes of policy-controller's policies: without its webhooks, its label decides where it is asked. */
export const controllerModes = ({
  of,
  webhooks,
}: Pick<ClusterObjects, 'of' | 'webhooks'>): readonly Moded[] =>
  of('cluster-image-policy').flatMap(({ summary }) =>
    summary === undefined
      ? []
      : [
          {
            summary,
            modeIn: ({ labels }: Namespace) =>
              webhooks !== undefined || labels['policy.sigstore.dev/include'] === 'true'
                ? summary.mode
                : undefined,
          },
        ],
  );

/** Modes of policies that are not evaluated here. */
export const unevaluatedModes = ({ summary, inNamespace }: UnevaluatedPolicy): Moded => ({
  summary,
  modeIn: (namespace) => ((inNamespace?.(namespace) ?? true) ? summary.mode : undefined),
});
