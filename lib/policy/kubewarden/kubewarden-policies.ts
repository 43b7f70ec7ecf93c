import { z } from 'zod';
import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import type { UnevaluatedPolicy } from '#lib/policy/decisions/unevaluated.ts';
import { readShape } from '#lib/policy/object.ts';
import { LabelSelector, selects } from '#lib/policy/selector.ts';

const Selectors = z.looseObject({
  spec: z.looseObject({
    namespaceSelector: LabelSelector.optional(),
    objectSelector: LabelSelector.optional(),
    rules: z.array(z.looseObject({ resources: z.array(z.string()).default([]) })).default([]),
  }),
});

/** Policies of Kubewarden that are asked about an object. Their modules are WebAssembly, and not run. */
export const kubewardenPolicies = (
  objects: Pick<ClusterObjects, 'of'>,
): readonly UnevaluatedPolicy[] =>
  objects.of('kubewarden-policy').flatMap(({ head, summary, content }) => {
    if (summary === undefined) return [];
    const read = readShape(Selectors, content.document);
    const spec = read.kind === 'read' ? read.value.spec : { rules: [] };
    const { namespaceSelector, objectSelector, rules } = spec;
    const { namespace } = head.reference;
    const isAboutPods = rules.some(({ resources }) =>
      resources.some((one) => one === 'pods' || one === '*' || one === '*/*'),
    );
    return [
      {
        summary,
        collect: (traits) => {
          traits.addSelector('labels', objectSelector);
          traits.addSelector('namespaceLabels', namespaceSelector);
        },
        inNamespace: ({ labels }) => isAboutPods && selects(namespaceSelector, labels),
        reach: (admitted) => {
          const { labels, namespaceLabels } = admitted;
          const reached =
            isAboutPods &&
            (namespace === undefined || namespace === admitted.namespace) &&
            selects(objectSelector, labels) &&
            (namespaceLabels === undefined || selects(namespaceSelector, namespaceLabels));
          if (!reached) return undefined;
          const open = `the module ${content.modules.join(' and ')} is not run here`;
          const why = content.inactive === undefined ? open : `${content.inactive}; ${open}`;
          return { rule: 'module', mode: summary.mode, why };
        },
      },
    ];
  });
