import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { objectsToSnapshot } from '#lib/adapters/kubernetes/file-objects.ts';
import { buildInventory } from '#lib/inventory/build-inventory.ts';
import type { DocumentProblem, ReadDocument } from '#lib/model/policy.ts';
import { readConstraint } from '#lib/policy/gatekeeper/constraint.ts';
import { readConstraintTemplate } from '#lib/policy/gatekeeper/constraint-template.ts';
import { decideConstraint } from '#lib/policy/gatekeeper/decide.ts';
import { readConfig, readProvider, withoutImages } from '#lib/policy/gatekeeper/settings.ts';
import { groupVersion } from '#lib/policy/object.ts';
import { readPortierisPolicy } from '#lib/policy/portieris/read-image-policy.ts';
import { readExecutor } from '#lib/policy/ratify/read-executor.ts';
import { readRatify } from '#lib/policy/ratify/read-ratify.ts';
import { readReport, reportKinds } from '#lib/policy/reports/read-report.ts';
import type { Case } from './cases.ts';
import { aboutCase, notApplicable, type Outcome } from './outcome.ts';

interface Document {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** Judges a case about one document of an engine other than Kyverno and policy-controller. */
export function judgeEngineDocument(folder: string, one: Case): Outcome {
  const { document, template, constraint, object } = one.inputs;
  if (typeof document === 'string') {
    const objects = documentsOf(path.join(folder, document));
    if (one.kind === 'k8s-manifest') return judgeManifest(one, objects);
    if (one.kind === 'crd-schema') return judgeSchema(one, objects);
    const problems = objects.flatMap((each) => problemsOf(one, each));
    return outcomeOf(one, [...problems, ...miscounted(one, objects)]);
  }
  const [made, used, about] = [template, constraint, object].map((file) =>
    typeof file === 'string' ? documentsOf(path.join(folder, file))[0] : undefined,
  );
  if (made === undefined || used === undefined || about === undefined)
    return notApplicable(one, 'not-understood', 'it names no files');
  return judgeConstraint(one, made, used, about);
}

const documentsOf = (file: string): readonly Document[] =>
  parseAllDocuments(readFileSync(file, 'utf8'))
    .map((document) => document.toJS())
    .flatMap((value) => (value?.kind === 'List' ? value.items : [value]))
    .filter((value) => value !== null);

function outcomeOf(one: Case, problems: readonly DocumentProblem[]): Outcome {
  const good = one.expected === 'parse-ok' || one.expected === 'pass';
  const refused = problems.length > 0;
  return {
    ...aboutCase(one),
    verified: false,
    result: good === refused ? 'disagreed' : 'agreed',
    why: problems.map(({ message }) => message).join('; ') || 'it is read',
    refusals: [],
  };
}

/** A fragment of an assertion has no name; whoever would read an object gives it one. */
function problemsOf(one: Case, document: Document): readonly DocumentProblem[] {
  const metadata = { name: 'fragment', ...(document['metadata'] as object) };
  const read = readerOf(document)?.('case', { ...document, metadata });
  if (read === undefined) {
    const { group } = groupVersion(document.apiVersion);
    // What a constraint is tried on lies beside it, and is no document of an engine.
    const tried = one.kind === 'gatekeeper-constraint' && ['', 'apps'].includes(group);
    return tried || Object.hasOwn(withoutImages, group)
      ? []
      : [{ path: 'kind', message: `nobody reads ${document.kind} of ${group}` }];
  }
  if (read.kind === 'refused') return read.problems;
  return wrongIn(one, document, read.value).map((message) => ({ path: '', message }));
}

type Reader = (cluster: string, document: unknown) => ReadDocument<unknown>;

const readers: Readonly<Record<string, Reader>> = {
  'templates.gatekeeper.sh': readConstraintTemplate,
  'constraints.gatekeeper.sh': readConstraint,
  'config.gatekeeper.sh': readConfig,
  'externaldata.gatekeeper.sh': readProvider,
  'config.ratify.deislabs.io': readRatify,
  'config.ratify.sh': readExecutor,
  'portieris.cloud.ibm.com': readPortierisPolicy,
  'securityenforcement.admission.cloud.ibm.com': readPortierisPolicy,
};

function readerOf({ apiVersion }: Document): Reader | undefined {
  const { group } = groupVersion(apiVersion);
  if (reportKinds.some((one) => one.group === group)) return readReport;
  return Object.hasOwn(readers, group) ? readers[group] : undefined;
}

/** What was read otherwise than the case says: the action of a constraint. */
function wrongIn(one: Case, { apiVersion }: Document, value: unknown): readonly string[] {
  const expected = one.options.enforcementAction;
  if (expected === undefined || groupVersion(apiVersion).group !== 'constraints.gatekeeper.sh')
    return [];
  const { action } = value as { readonly action: string };
  return expected.replace('(default)', '') === action
    ? []
    : [`the action is read as ${action}, and is ${expected}`];
}

/** Results that the case counts otherwise; it calls those without a result `None`. */
function miscounted(one: Case, documents: readonly Document[]): readonly DocumentProblem[] {
  const words = documents.flatMap((document) => {
    const metadata = { name: 'fragment', ...(document['metadata'] as object) };
    const read = readReport('case', { ...document, metadata });
    return read.kind === 'read' ? read.value.results.map(({ result }) => result) : [];
  });
  return Object.entries(one.options.results ?? {}).flatMap(([word, expected]) => {
    const result = word === 'None' ? 'unstated' : word;
    const counted = words.filter((each) => each === result).length;
    const message = `${counted} results are read as ${result}, and ${expected} are`;
    return counted === expected ? [] : [{ path: 'results', message }];
  });
}

function judgeConstraint(one: Case, made: Document, used: Document, about: Document): Outcome {
  const template = readConstraintTemplate('case', made);
  const constraint = readConstraint('case', used);
  if (template.kind === 'refused') return outcomeOf(one, template.problems);
  if (constraint.kind === 'refused') return outcomeOf(one, constraint.problems);
  const { apiVersion, kind } = about;
  const metadata = about['metadata'] as { name: string; namespace?: string; labels?: object };
  const review = kind === 'AdmissionReview' ? reviewed(about) : about;
  const [pod] = objectsToSnapshot([{ file: 'object', place: '', value: review }], {
    atRest: false,
    namespaces: undefined,
  }).pods;
  const decisions = decideConstraint({
    constraint: constraint.value,
    template: template.value,
    object: {
      group: kind === 'AdmissionReview' ? '' : groupVersion(apiVersion).group,
      kind: String(review['kind']),
      name: metadata?.name ?? '',
      ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
      labels: (metadata?.labels ?? {}) as Record<string, string>,
      containers: pod?.containers ?? [],
    },
  });
  if (decisions.some(({ enforced }) => enforced === 'not-evaluated'))
    return notApplicable(one, 'rego', decisions[0]?.why);
  const found = decisions.filter(({ enforced }) => enforced === 'refuse').map(({ why }) => why);
  const wrong = (one.options.assertions ?? []).filter((assertion) => !holds(assertion, found));
  return {
    ...aboutCase(one),
    verified: false,
    result:
      wrong.length === 0 && (one.expected === 'fail') === found.length > 0 ? 'agreed' : 'disagreed',
    why: [...found, ...wrong.map((assertion) => `not so: ${JSON.stringify(assertion)}`)].join('; '),
    refusals: [],
  };
}

/** What gator asserts: a number of violations, or whether there are any, of those with some word. */
function holds(
  { violations = true, message }: NonNullable<Case['options']['assertions']>[number],
  found: readonly string[],
): boolean {
  const word = new RegExp(message ?? '');
  const matching = found.filter((text) => word.test(text)).length;
  return typeof violations === 'number' ? matching === violations : matching > 0 === violations;
}

/** The object of a review, with the kind that the review gives it. */
function reviewed({ request }: Document): Record<string, unknown> {
  const { kind, namespace, object } = request as {
    readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
    readonly namespace?: string;
    readonly object: { readonly metadata?: object };
  };
  const apiVersion = [kind.group, kind.version].filter(Boolean).join('/');
  return {
    apiVersion,
    kind: kind.kind,
    ...object,
    ...(object.metadata && { metadata: { namespace, ...object.metadata } }),
  };
}

/** Every image that is written in the document must be found in the inventory, and nothing else. */
function judgeManifest(one: Case, documents: readonly Document[]): Outcome {
  const objects = documents.map((each) =>
    each.kind === 'AdmissionReview' ? reviewed(each) : each,
  );
  const snapshot = objectsToSnapshot(
    objects.map((value, index) => ({ file: one.id, place: `#${index}`, value })),
    { atRest: true, namespaces: undefined },
  );
  const { uses } = buildInventory('case', snapshot, { teamLabels: [] });
  const written = new Set(objects.flatMap(imagesWithin));
  const found = new Set(uses.map(({ declared }) => declared));
  const lost = [...written].filter((image) => !found.has(image));
  return outcomeOf(
    one,
    [
      ...snapshot.problems.map(({ detail }) => detail),
      ...lost.map((image) => `${image} is not found`),
      ...(written.size === 0 && snapshot.problems.length === 0 ? ['it names no image'] : []),
    ].map((message) => ({ path: '', message })),
  );
}

function imagesWithin(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : imagesWithin(inner),
  );
}

/** Every version of a report that a definition serves must have a reader. */
function judgeSchema(one: Case, documents: readonly Document[]): Outcome {
  const problems = documents.flatMap(({ spec }) => {
    const { group, names, versions } = spec as {
      readonly group: string;
      readonly names: { readonly kind: string };
      readonly versions: readonly { readonly name: string; readonly served: boolean }[];
    };
    return versions.flatMap(({ name, served }) =>
      !served ||
      reportKinds.some(
        (known) =>
          known.group === group &&
          known.kinds.includes(names.kind) &&
          known.versions.includes(name),
      )
        ? []
        : [{ path: 'spec.versions', message: `${group}/${name} ${names.kind} is not read` }],
    );
  });
  return outcomeOf(one, problems);
}
