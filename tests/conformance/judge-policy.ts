import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { objectsToSnapshot } from '#lib/adapters/kubernetes/file-objects.ts';
import type { RuleDecision } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { defaultKyvernoConfiguration } from '#lib/policy/kyverno/configuration.ts';
import { decideKyvernoPolicies } from '#lib/policy/kyverno/decide.ts';
import { decideImagePolicies } from '#lib/policy/kyverno/decide-image-policies.ts';
import type { KyvernoException } from '#lib/policy/kyverno/setup.ts';
import { groupVersion } from '#lib/policy/object.ts';
import type { PolicyObject } from '#lib/policy/policy-object.ts';
import { type PolicyContent, readPolicy } from '#lib/policy/read-policy.ts';
import type { Case } from './cases.ts';
import { aboutCase, type Outcome } from './outcome.ts';

interface Document {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** Judges a document of Kyverno or policy-controller, and what can be told of its steps without a network. */
export function judgePolicy(folder: string, one: Case): Outcome {
  const documents = documentsOf(path.join(folder, String(one.inputs['document'])));
  const readings = documents.map((document) => readPolicy('case', document));
  const problems = readings.flatMap((reading) =>
    reading.kind === 'refused' ? reading.problems.map(({ message }) => message) : [],
  );
  // Namespaces and ConfigMaps with keys lie beside policies; a policy that nobody reads does not.
  const unread = readings.flatMap((reading) =>
    reading.kind === 'unread' && reading.reference.group !== '' ? [reading.problem.message] : [],
  );
  const unnamed = (one.options.errors ?? []).filter(
    (error) => !fieldsOf(error).every((field) => problems.some((text) => text.includes(field))),
  );
  const policies = readings.flatMap((reading) => (reading.kind === 'read' ? [reading.value] : []));
  const steps = stepsOf(folder, one, policies);
  const wrong = [
    ...unread,
    ...unnamed.map((error) => `no message names what "${error}" does`),
    ...steps.filter(({ agrees }) => agrees === false).map(({ text }) => text),
  ];
  const isRead = problems.length === 0;
  const isExpected = isRead === (one.expected === 'parse-ok');
  return {
    ...aboutCase(one),
    verified: false,
    result: isExpected && wrong.length === 0 ? 'agreed' : 'disagreed',
    why: [...(isRead ? ['read'] : problems), ...wrong, ...steps.map(({ text }) => text)].join('; '),
    refusals: [],
  };
}

const documentsOf = (file: string): readonly Document[] =>
  parseAllDocuments(readFileSync(file, 'utf8'))
    .map((document): Document | null => document.toJS())
    .flatMap((document) => (document === null ? [] : [document]));

const fieldsOf = (error: string): readonly string[] => error.match(/spec\.[\w.[\]]+/g) ?? [];

interface Step {
  readonly text: string;
  /** Undefined where it cannot be told without the registry. */
  readonly agrees?: boolean;
}

/** The steps of a case that create workloads, each with what our decisions make of it. */
function stepsOf(
  folder: string,
  one: Case,
  policies: readonly PolicyObject<PolicyContent>[],
): readonly Step[] {
  const directory = one.inputs['dir'];
  // A fragment of an assertion is not the policy that the steps are about.
  const isPolicy = policies.some(({ summary }) => summary && summary.mode !== 'none');
  if (typeof directory !== 'string' || one.expected !== 'parse-ok' || !isPolicy)
    return resultsOf(one);
  const files = (one.options.steps ?? []).flatMap(({ op, file, outcome }) => {
    const place = path.join(folder, directory, file);
    const isRelevant = (op === 'apply' || op === 'create') && existsSync(place);
    return isRelevant ? [{ file, outcome, documents: documentsOf(place) }] : [];
  });
  const beside = [
    ...documentsOf(path.join(folder, String(one.inputs['document']))),
    ...files.flatMap(({ documents }) => documents),
  ];
  const exceptions = beside.flatMap((document) => {
    const reading = readPolicy('case', document);
    return reading.kind === 'read' ? exceptionIn(reading.value) : [];
  });
  const told = files.flatMap(({ file, outcome, documents }): readonly Step[] => {
    const decisions = documents.flatMap((document) => {
      const admitted = admittedOf(document, beside);
      return admitted === undefined ? [] : [decide(policies, exceptions, admitted)];
    });
    return decisions.length === 0 || outcome === undefined
      ? []
      : [compared(file, outcome, decisions.flat())];
  });
  return [...told, ...resultsOf(one)];
}

/** Results of the command line need its registry, or are about rules that verify no images. */
const resultsOf = ({ options: { results } }: Case): readonly Step[] =>
  Array.isArray(results)
    ? [
        {
          text: `${results.length} results: not decidable: they need a registry, or verify no images`,
        },
      ]
    : [];

function exceptionIn(object: PolicyObject<PolicyContent>): readonly KyvernoException[] {
  const { content } = object;
  return content.type === 'kyverno-exception' || content.type === 'kyverno-cel-exception'
    ? [{ ...object, content }]
    : [];
}

function decide(
  policies: readonly PolicyObject<PolicyContent>[],
  exceptions: readonly KyvernoException[],
  admitted: AdmittedObject,
): readonly RuleDecision[] {
  const setup = {
    cluster: 'case',
    configuration: defaultKyvernoConfiguration,
    exceptions: { enabled: true, namespace: '*' },
  };
  return policies.flatMap((policy) => {
    const { head, content } = policy;
    if (content.type === 'kyverno-policy')
      return decideKyvernoPolicies(
        [{ head, content }],
        exceptions,
        setup,
        admitted,
        () => undefined,
      );
    return content.type === 'image-validating-policy'
      ? decideImagePolicies([{ head, content }], exceptions, setup, admitted, () => undefined)
      : [];
  });
}

/** Only what enforces can keep a workload out; what is open there leaves the step open. */
function compared(file: string, outcome: string, decisions: readonly RuleDecision[]): Step {
  const enforcing = decisions.filter(({ mode }) => mode === 'enforce');
  const refused = enforcing.find(({ today }) => today === 'refuse');
  const open = enforcing.find(({ today }) => today === 'error' || today === 'not-evaluated');
  if (refused === undefined && open !== undefined)
    return { text: `${file}: not decidable: ${open.why}` };
  const ours = refused === undefined ? 'allow' : 'deny';
  const said = `${file}: ${ours}${refused === undefined ? '' : `: ${refused.why}`}`;
  return ours === outcome
    ? { text: said, agrees: true }
    : { text: `${said}, and ${outcome} is expected`, agrees: false };
}

/** The object of a document as an engine is asked about it; undefined where it runs no images. */
function admittedOf(document: Document, beside: readonly Document[]): AdmittedObject | undefined {
  const { pods, controllers } = objectsToSnapshot(
    [{ file: 'object', place: '', value: document }],
    {
      atRest: true,
      namespaces: undefined,
    },
  );
  const containers = [...pods, ...controllers][0]?.containers ?? [];
  // Two containers of one name are refused by the API server itself.
  const names = new Set(containers.map(({ name }) => name));
  if (containers.length === 0 || names.size < containers.length) return undefined;
  const { name = '', namespace, labels = {} } = document.metadata ?? {};
  const home = beside.find(
    ({ kind, metadata }) => kind === 'Namespace' && metadata?.name === namespace,
  );
  return {
    group: groupVersion(document.apiVersion).group,
    kind: document.kind,
    name,
    labels,
    ...(namespace !== undefined && { namespace }),
    namespaceLabels: {
      ...home?.metadata?.labels,
      ...(namespace !== undefined && { 'kubernetes.io/metadata.name': namespace }),
    },
    containers: containers.map((one) => ({ name: one.name, kind: one.kind, image: one.image })),
  };
}
