import { z } from 'zod';
import {
  type EngineReport,
  type EngineResult,
  engineResults,
  type ReportedResource,
  type ReportedResult,
} from '#lib/model/engine-report.ts';
import { limits } from '#lib/model/limits.ts';
import type { ReadDocument } from '#lib/model/policy.ts';
import {
  type ObjectHead,
  type ObjectKinds,
  readHead,
  readObject,
  refused,
} from '#lib/policy/object.ts';

const Resource = z.looseObject({
  apiVersion: z.string().default(''),
  kind: z.string().default(''),
  namespace: z.string().optional(),
  name: z.string().default(''),
  uid: z.string().optional(),
});

/** Numbers and flags too: tools write them where the schema asks for text. */
const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const Result = z.looseObject({
  source: z.string().optional(),
  policy: z.string().default(''),
  rule: z.string().optional(),
  result: z.string().optional(),
  /** `result` of v1alpha1. */
  status: z.string().optional(),
  message: z.string().default(''),
  timestamp: z.looseObject({ seconds: z.number(), nanos: z.number().default(0) }).optional(),
  resources: z.array(Resource).default([]),
  /** `resources` of later drafts. */
  subjects: z.array(Resource).default([]),
  properties: z.record(z.string(), Text).default({}),
  /** `properties` of v1alpha1. */
  data: z.record(z.string(), Text).default({}),
});

const Content = {
  source: z.string().optional(),
  scope: Resource.optional(),
  summary: z.record(z.string(), z.number()).optional(),
  results: z.array(Result).default([]),
};
const Flat = z.looseObject(Content);
/** Kyverno's interim reports keep all that under `spec`, and name their resource by its owner. */
const Interim = z.looseObject({
  metadata: z.looseObject({ ownerReferences: z.array(Resource).default([]) }),
  spec: z.looseObject({ ...Content, owner: Resource.optional() }).default({ results: [] }),
});
type Content = z.infer<typeof Flat>;

const policyReports = ['PolicyReport', 'ClusterPolicyReport'];
const flatKinds: readonly ObjectKinds[] = [
  {
    group: 'wgpolicyk8s.io',
    kinds: policyReports,
    versions: ['v1alpha1', 'v1alpha2', 'v1beta1', 'v1beta2'],
  },
  { group: 'reports.x-k8s.io', kinds: policyReports, versions: ['v1beta1', 'v1beta2'] },
  {
    group: 'openreports.io',
    // Documents of the project itself still use the old names in the new group.
    kinds: ['Report', 'ClusterReport', ...policyReports],
    versions: ['v1alpha1'],
  },
];
const interimKinds: readonly ObjectKinds[] = [
  {
    group: 'reports.kyverno.io',
    kinds: ['EphemeralReport', 'ClusterEphemeralReport'],
    versions: ['v1'],
  },
  {
    group: 'kyverno.io',
    kinds: [
      'AdmissionReport',
      'ClusterAdmissionReport',
      'BackgroundScanReport',
      'ClusterBackgroundScanReport',
    ],
    versions: ['v1alpha2', 'v2'],
  },
];

/** Every kind of report that is read, with its groups and versions. */
export const reportKinds: readonly ObjectKinds[] = [...flatKinds, ...interimKinds];

/** Reads a report of any engine that writes one. Long texts are cut, with the whole in the cluster. */
export function readReport(cluster: string, document: unknown): ReadDocument<EngineReport> {
  const head = readHead(cluster, document);
  if (head.kind === 'refused') return head;
  const { group, kind } = head.value.reference;
  const ofGroup = (one: ObjectKinds) => one.group === group && one.kinds.includes(kind);
  const flat = flatKinds.find(ofGroup);
  if (flat !== undefined) {
    const read = readObject(cluster, document, flat, Flat);
    if (read.kind === 'refused') return read;
    const { scope } = read.value.body;
    return { ...read, value: reportOf(head.value, read.value.body, scope && [scope]) };
  }
  const interim = interimKinds.find(ofGroup);
  if (interim === undefined) return refused('kind', `is ${kind} of ${group}, which is no report`);
  const read = readObject(cluster, document, interim, Interim);
  if (read.kind === 'refused') return read;
  const { spec, metadata } = read.value.body;
  const owners = spec.owner === undefined ? metadata.ownerReferences : [spec.owner];
  return { ...read, value: reportOf(head.value, spec, owners) };
}

function reportOf(
  head: ObjectHead,
  { source, results, summary }: Content,
  scope: readonly z.infer<typeof Resource>[] = [],
): EngineReport {
  const normalised = results
    .slice(0, limits.reportResults)
    .map((result) => resultOf(result, source, scope));
  const notes = [
    ...mismatches(summary, results),
    ...(results.length > limits.reportResults
      ? [`only the first ${limits.reportResults} of ${results.length} results are looked at`]
      : []),
  ];
  return { reference: head.reference, results: normalised, total: results.length, notes };
}

function resultOf(
  one: z.infer<typeof Result>,
  source: string | undefined,
  scope: readonly z.infer<typeof Resource>[],
): ReportedResult {
  const { rule, timestamp, resources, subjects } = one;
  const about = [...resources, ...subjects];
  const at = timestamp && timeOf(timestamp);
  return {
    source: shown(one.source || source || ''),
    policy: shown(one.policy),
    ...(rule !== undefined && { rule: shown(rule) }),
    result: wordOf(one),
    message: shown(one.message),
    ...(at !== undefined && { at }),
    resources: (about.length > 0 ? about : scope).map(resourceOf),
    properties: Object.fromEntries(
      Object.entries({ ...one.data, ...one.properties })
        .slice(0, limits.documentProblems)
        .map(([name, value]) => [shown(name), shown(value)]),
    ),
  };
}

const resourceOf = ({
  apiVersion,
  kind,
  namespace,
  name,
  uid,
}: z.infer<typeof Resource>): ReportedResource => ({
  apiVersion: shown(apiVersion),
  kind: shown(kind),
  ...(namespace !== undefined && { namespace: shown(namespace) }),
  name: shown(name),
  ...(uid !== undefined && { uid: shown(uid) }),
});

const wordOf = ({ result, status }: z.infer<typeof Result>): EngineResult => {
  const word = result ?? status;
  return engineResults.find((one) => one === word) ?? 'unstated';
};

/** The time in ISO 8601; tools have been seen to write negative nanoseconds. */
function timeOf({ seconds, nanos }: { seconds: number; nanos: number }): string | undefined {
  const date = new Date(seconds * 1000 + Math.trunc(nanos / 1_000_000));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

const shown = (text: string): string =>
  text.length > limits.displayText ? `${text.slice(0, limits.displayText)}…` : text;

/** Where the summary counts otherwise than the results do: someone cut the one or forged the other. */
function mismatches(summary: Content['summary'], results: Content['results']): readonly string[] {
  return Object.entries(summary ?? {}).flatMap(([word, said]) => {
    if (!engineResults.some((one) => one === word)) return [];
    const counted = results.filter((one) => wordOf(one) === word).length;
    return counted === said
      ? []
      : [`the summary counts ${said} ${word}, and the results hold ${counted}`];
  });
}
