import { createHash } from 'node:crypto';
import { RE2JS } from 're2js';
import { withoutComments } from './rego-text.ts';

/** Parameters of a constraint, by name; its schema need not have checked them. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A rule of a library template that we know word for word, in our own words. */
export interface RecognisedRule {
  /** What is wrong with an image, as the end of a sentence about it; nothing when nothing is. */
  readonly faultOf: (image: string, parameters: Parameters) => string | undefined;
  /** Parameters that are lists of texts; with another form of them the rule is not evaluated. */
  readonly lists: readonly string[];
  /** Early templates never look at ephemeral containers. */
  readonly seesEphemeral: boolean;
}

const textsOf = (parameters: Parameters, name: string): readonly string[] | undefined => {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return Array.isArray(value) ? value : undefined;
};

const allowedRepos: RecognisedRule = {
  lists: ['repos'],
  seesEphemeral: true,
  faultOf(image, parameters) {
    const repos = textsOf(parameters, 'repos');
    // Without the list the library's rule cannot write its message, and so finds no fault.
    if (repos === undefined || repos.some((repo) => image.startsWith(repo))) return undefined;
    return `begins with none of ${repos.join(', ')}`;
  },
};

const allowedImages: RecognisedRule = {
  lists: ['allowedImages'],
  seesEphemeral: true,
  faultOf(image, parameters) {
    const allowed = textsOf(parameters, 'allowedImages');
    if (allowed === undefined || allowed.some((one) => fits(image, one))) return undefined;
    return `is none of ${allowed.join(', ')}`;
  },
};

const disallowedRepos: RecognisedRule = {
  lists: ['repos'],
  seesEphemeral: true,
  faultOf(image, parameters) {
    const repo = textsOf(parameters, 'repos')?.find((one) => image.startsWith(one));
    return repo === undefined ? undefined : `begins with ${repo}, which is disallowed`;
  },
};

const fits = (image: string, pattern: string): boolean =>
  pattern.endsWith('*') ? image.startsWith(pattern.slice(0, -1)) : image === pattern;

const isExempt = (image: string, parameters: Parameters): boolean =>
  textsOf(parameters, 'exemptImages')?.some((one) => fits(image, one)) ?? false;

const disallowedTags = (
  lacksTag: (image: string) => boolean,
  exempts: boolean,
): RecognisedRule => ({
  lists: ['tags', ...(exempts ? ['exemptImages'] : [])],
  seesEphemeral: true,
  faultOf(image, parameters) {
    if (exempts && isExempt(image, parameters)) return undefined;
    const tag = textsOf(parameters, 'tags')?.find((one) => image.endsWith(`:${one}`));
    if (tag !== undefined) return `has the disallowed tag ${tag}`;
    return lacksTag(image) ? 'has no tag' : undefined;
  },
});

const lacksColon = (image: string): boolean => !image.includes(':');
const lastPartLacksColon = (image: string): boolean =>
  lacksColon(image.slice(image.lastIndexOf('/') + 1));

const digestText = RE2JS.compile('@[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+');

const imageDigests = (exempts: boolean): RecognisedRule => ({
  lists: exempts ? ['exemptImages'] : [],
  seesEphemeral: true,
  faultOf: (image, parameters) =>
    (exempts && isExempt(image, parameters)) || digestText.matcher(image).find()
      ? undefined
      : 'has no digest',
});

const early = (rule: RecognisedRule): RecognisedRule => ({ ...rule, seesEphemeral: false });

/**
 * Rules of gatekeeper-library by the kind of their constraints and a digest of their rego, oldest
 * first: a template that says anything else under the same name is not taken for one of these.
 */
export const libraryRules: Readonly<Record<string, RecognisedRule>> = {
  'K8sAllowedRepos c77081bd37f2c0292b24fb10e41e6baccc86c2d565bfb6e3174d094079b12c1e':
    early(allowedRepos),
  'K8sAllowedRepos 18444d5a6a926cf93890c06f26d454ad94dc848b37bb4b07acfcd695699823d1':
    early(allowedRepos),
  'K8sAllowedRepos fc237514e11ce143dbf9a87ec06f9c488c8f7cb065a364ef41619186fc401fa9': allowedRepos,
  'K8sAllowedRepos fae270002c44a7df8ad5c718ef23af2d68aa6c066eef6132d123b3a3cbc638c4': allowedRepos,
  'K8sAllowedReposv2 4cb3952752a27e7be7e2430193f6c24d5dc2e4fc10f873946aaa94a190fc3e1f':
    allowedImages,
  'K8sDisallowedRepos 897d84018abf387bc8326ed3b9900022cfbb8edc4d111831d0a6fd0b13dd517e':
    disallowedRepos,
  'K8sDisallowedTags 9c8de3b230001d39a4c015bc1fc551156587dc04b66bff16eeb4e5c74fca20a5': early(
    disallowedTags(lacksColon, false),
  ),
  'K8sDisallowedTags b30ce4e136a5f090f27e9e6ac2bde0dbce1387774fe01c1317a6057014e8bb67': early(
    disallowedTags(lacksColon, true),
  ),
  'K8sDisallowedTags fb3ea0526035e1c534b9aa25e7ff7c1f47ac87c79c6aeed5ededcb1aabd68004':
    disallowedTags(lacksColon, true),
  'K8sDisallowedTags 654c21d5e10586c4987cc09624683addce151c91a2fe38f24a646693048b74fd':
    disallowedTags(lacksColon, true),
  'K8sDisallowedTags b8cf158e79d4faece62a09b3dad5ae11dc2ddaa59574e5db62d4dfa0569dfd9a':
    disallowedTags(lastPartLacksColon, true),
  'K8sImageDigests ae5da7e66bccf3c48be923a9d7c62790f3575925990982a4f4404d766084adcf': early(
    imageDigests(false),
  ),
  'K8sImageDigests c039dc5c71c391c6e45169520f82f1e8fe40e3c437041736327438b7e2a6e56c': early(
    imageDigests(true),
  ),
  'K8sImageDigests 528795f649436f7848b014683a958a81a995ac98e281297a32780c08a1c7df29':
    imageDigests(true),
  'K8sImageDigests 13b6a358fe3c6afe748cef872f18df8273efd257e34aa1cf07132ddd40c73dba':
    imageDigests(true),
};

/** The rule of a template, where its rego is one that we know word for word. */
export function recogniseRule(
  kind: string,
  code: readonly { readonly engine: string; readonly texts: readonly string[] }[],
): RecognisedRule | undefined {
  const [only, ...more] = code;
  if (only?.engine !== 'Rego' || more.length > 0) return undefined;
  const key = `${kind} ${regoDigest(only.texts)}`;
  return Object.hasOwn(libraryRules, key) ? libraryRules[key] : undefined;
}

/** SHA-256 (hex) of rego and its libraries, without comments and layout. */
export const regoDigest = (texts: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify(texts.map(withoutComments)))
    .digest('hex');
