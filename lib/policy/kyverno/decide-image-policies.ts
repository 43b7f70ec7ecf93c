import type { RuleDecision } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { type Finding, no, notEvaluated, outcomesOf, unknown, yes } from '#lib/policy/finding.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import type { PolicyObject } from '#lib/policy/policy-object.ts';
import { selects } from '#lib/policy/selector.ts';
import { aboutContainer, exempted, whySkipped } from './decide.ts';
import { exceptionFor } from './exceptions.ts';
import { kyvernoImage } from './image-name.ts';
import type { ImageValidatingPolicy } from './read-image-policy.ts';
import type { KyvernoException, KyvernoSetup } from './setup.ts';

/**
 * What ImageValidatingPolicies say to each container, as far as no expression in CEL decides it: whom
 * they are about, which images, and the digest. Their validations stay not evaluated.
 */
export function decideImagePolicies(
  policies: readonly PolicyObject<ImageValidatingPolicy>[],
  exceptions: readonly KyvernoException[],
  setup: KyvernoSetup,
  admitted: AdmittedObject,
): readonly RuleDecision[] {
  const skipped = whySkipped(setup.configuration, admitted);
  return policies.flatMap(({ head, content }) => {
    const { reference } = head;
    const isElsewhere =
      reference.kind === 'NamespacedImageValidatingPolicy' &&
      reference.namespace !== admitted.namespace;
    const about = isElsewhere ? no('it is of another namespace') : isAbout(content, admitted);
    if (about.met === 'no') return [];
    const exempt = exceptionFor(reference, '', exceptions, setup, admitted);
    return admitted.containers.flatMap((container) => {
      const { name, hasDigest } = kyvernoImage(container.image, setup.configuration);
      const covered = isCovered(content, name);
      if (covered.met === 'no') return [];
      const found = findingOf(content, hasDigest);
      const guard = [about, covered].find(({ met }) => met !== 'yes');
      const finding = found.met === 'yes' ? found : (guard ?? found);
      const decision = {
        ...aboutContainer(reference, 'validations', container),
        mode: content.mode,
        ...outcomesOf(finding, content.mode),
        why: finding.why,
      };
      return [exempted(decision, [skipped, exempt])];
    });
  });
}

/** Policies about pods are extended to all of these unless some, or none, are named. */
const podControllers: readonly string[] = [
  'daemonsets',
  'deployments',
  'jobs',
  'statefulsets',
  'replicasets',
  'replicationcontrollers',
  'cronjobs',
];

function isAbout({ spec }: ImageValidatingPolicy, admitted: AdmittedObject): Finding {
  const { matchConstraints, matchConditions, autogen } = spec;
  const { namespaceSelector, objectSelector, resourceRules = [] } = matchConstraints ?? {};
  const resource = `${admitted.kind.toLowerCase()}s`;
  const controllers = autogen?.podControllers?.controllers ?? podControllers;
  const wanted = (one: string) =>
    one === '*' || one === resource || (one === 'pods' && controllers.includes(resource));
  if (!resourceRules.some(({ resources = [] }) => resources.some(wanted)))
    return no('it is about other resources');
  if (objectSelector && !selects(objectSelector, admitted.labels)) return no('a label differs');
  if (namespaceSelector && admitted.namespaceLabels === undefined)
    return unknown('the labels of the namespace could not be read');
  if (namespaceSelector && !selects(namespaceSelector, admitted.namespaceLabels ?? {}))
    return no('a label of the namespace differs');
  return matchConditions.length > 0
    ? notEvaluated('its match conditions in CEL are not evaluated here')
    : yes('');
}

function isCovered({ spec }: ImageValidatingPolicy, name: string): Finding {
  const { matchImageReferences } = spec;
  if (matchImageReferences.length === 0) return yes('');
  if (matchImageReferences.some(({ glob }) => glob !== undefined && compileWildcard(glob)(name)))
    return yes('');
  if (matchImageReferences.some(({ expression }) => expression))
    return notEvaluated('the images are chosen by an expression in CEL');
  // Validations run for every object; only those over the chosen images are true where there are none.
  return spec.validations.every(({ expression }) => overImages.test(expression))
    ? no('it is about other images')
    : notEvaluated('its validations in CEL ask for more than the images that it chooses');
}

const overImages = /^\s*images\.\w+\.map\(.*\)\s*\.all\(\s*\w+\s*,[^&|?]*\)\s*$/s;

function findingOf({ spec }: ImageValidatingPolicy, hasDigest: boolean): Finding {
  const { verifyDigest, mutateDigest } = spec.validationConfigurations;
  if (verifyDigest && !mutateDigest && !hasDigest)
    return no('the image has no digest, and Kyverno adds none');
  return spec.validations.length === 0
    ? yes('it validates nothing')
    : notEvaluated('its validations in CEL are not evaluated here');
}
