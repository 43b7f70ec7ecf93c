import { type CelInput, type CelValue, isCelList, isCelMap } from '@bufbuild/cel';
import type { ObjectReference } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import {
  imagesByList,
  objectValue,
  requestValues,
  templateValue,
  versionOf,
} from '#lib/policy/cel/admission-values.ts';
import { fail } from '#lib/policy/cel/functions.ts';
import type { CelScope, Decide } from '#lib/policy/cel/run.ts';
import { completeMap, incompleteMap } from '#lib/policy/cel/values.ts';
import type { FactsOf } from '#lib/policy/facts.ts';
import { type Finding, unknown } from '#lib/policy/finding.ts';
import { findImageAttestor } from './find-image-attestor.ts';
import type { ImagePolicySpec } from './image-policy-schema.ts';

/** What a policy in CEL is asked about. */
export interface ImagePolicyCase {
  readonly policy: ObjectReference;
  readonly spec: ImagePolicySpec;
  /** The object with its images as the validations see them. */
  readonly admitted: AdmittedObject;
  /** True where a policy about pods was extended to what makes them. */
  readonly extended: boolean;
  /** Whether the policy chooses an image. */
  readonly chooses: (image: string) => Finding;
  readonly factsOf: FactsOf;
  /** True for versions of Kyverno that look at bundles alone where there are any. */
  readonly bundlesAlone: boolean;
}

/** The names that conditions see, which are asked before any image is looked at. */
export function conditionScope({
  spec,
  admitted,
  extended,
}: Pick<ImagePolicyCase, 'spec' | 'admitted' | 'extended'>): CelScope {
  const variables = (spec.variables ?? []).flatMap(({ name, expression }) =>
    name && expression ? [[name, expression] as const] : [],
  );
  return {
    values: {
      ...requestValues(admitted),
      object: extended ? templateValue(admitted) : objectValue(admitted),
    },
    variables: Object.fromEntries(variables),
  };
}

/**
 * The names and functions that validations see, with the images of some containers alone. Images that the
 * policy does not choose are left out of the lists, and count as signed by nobody.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/cel/libs/imageverify/impl.go
 */
export function validationScope(
  one: ImagePolicyCase,
  containers: AdmittedObject['containers'],
): CelScope {
  const { spec } = one;
  const base = conditionScope(one);
  return {
    ...base,
    values: {
      ...base.values,
      images: imagesValue(one, containers),
      attestors: completeMap(
        Object.fromEntries(spec.attestors.map(({ name }) => [name, incompleteMap({ name })])),
      ),
      attestations: completeMap(
        Object.fromEntries(spec.attestations.map(({ name }) => [name, name])),
      ),
    },
    functions: {
      verifyImageSignatures: ([image, attestors], decide) =>
        count(one, text(image), attestors, undefined, decide),
      verifyAttestationSignatures: ([image, attestation, attestors], decide) =>
        count(one, text(image), attestors, text(attestation), decide),
    },
  };
}

/** Lists of which we cannot tell what is in them are unknown as a whole. */
function imagesValue(
  { spec, admitted, chooses }: ImagePolicyCase,
  containers: AdmittedObject['containers'],
): CelInput {
  const isOpen = ({ image }: { readonly image: string }) =>
    !['yes', 'no'].includes(chooses(image).met);
  // Of other kinds than these, Kyverno extracts no images itself.
  const isKnown = versionOf(admitted) !== undefined && admitted.kind !== 'ReplicationController';
  if (!isKnown || containers.some(isOpen)) return incompleteMap({});
  const lists = Object.entries(imagesByList(containers)).map(([list, images]) => [
    list,
    images.filter((image) => chooses(image).met === 'yes'),
  ]);
  // Lists that the policy extracts itself are not known here.
  const own = new Set(spec.images.map(({ name }) => name));
  const kept = Object.fromEntries(lists.filter(([list]) => !own.has(String(list))));
  return own.size > 0 ? incompleteMap(kept) : completeMap(kept);
}
/** How many of the attestors signed; each of them is a question of its own. */
function count(
  { policy, spec, chooses, factsOf, bundlesAlone }: ImagePolicyCase,
  image: string,
  attestors: CelValue | undefined,
  attestation: string | undefined,
  decide: Decide,
): bigint {
  if (!decide(`chosen ${image}`, chooses(image))) return 0n;
  const wanted = spec.attestations.find(({ name }) => name === attestation);
  if (attestation !== undefined && wanted === undefined)
    return fail(`the policy has no attestation ${attestation.slice(0, 100)}`);
  const names = namesIn(attestors);
  const found = names.filter((name) => {
    const attestor = spec.attestors.find((one) => one.name === name);
    if (attestor === undefined) return fail(`the policy has no attestor ${name.slice(0, 100)}`);
    const facts = factsOf(image);
    const looked = facts === undefined ? unknown('nobody looked at this image yet') : undefined;
    const finding = looked ?? findImageAttestor(policy, attestor, wanted, facts, bundlesAlone);
    return decide(JSON.stringify([image, attestation, name]), finding);
  });
  return BigInt(found.length);
}

const text = (value: CelValue | undefined): string =>
  typeof value === 'string' ? value : fail('an image or attestation is no text');

function namesIn(attestors: CelValue | undefined): readonly string[] {
  if (attestors === undefined || !isCelList(attestors)) return fail('attestors are no list');
  return [...attestors].map((one) => {
    const name = isCelMap(one) ? one.get('name') : undefined;
    return typeof name === 'string' ? name : fail('a list of attestors holds something else');
  });
}
