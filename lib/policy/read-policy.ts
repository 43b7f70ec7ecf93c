import type { DocumentProblem, ObjectReference, ReadDocument } from '#lib/model/policy.ts';
import { engineReaders } from './engine-readers.ts';
import { kyvernoConfigurationReader } from './kyverno/configuration.ts';
import { celExceptionReader, ruleExceptionReader } from './kyverno/read-exception.ts';
import { imageValidatingPolicyReader } from './kyverno/read-image-policy.ts';
import { kyvernoPolicyReader } from './kyverno/read-kyverno-policy.ts';
import { readHead } from './object.ts';
import {
  policyControllerConfigurationReader,
  sigstoreKeysReader,
} from './policy-controller/configuration.ts';
import { clusterImagePolicyReader } from './policy-controller/read-cluster-image-policy.ts';
import { trustRootReader } from './policy-controller/trust-root.ts';
import type { PolicyObject, PolicyReader } from './policy-object.ts';

/** Every reader. Group and kind choose: the same kind of another group belongs to another engine. */
const readers = [
  clusterImagePolicyReader,
  trustRootReader,
  policyControllerConfigurationReader,
  sigstoreKeysReader,
  kyvernoPolicyReader,
  imageValidatingPolicyReader,
  ruleExceptionReader,
  celExceptionReader,
  kyvernoConfigurationReader,
  ...engineReaders,
] as const;

type ContentOf<Reader> = Reader extends PolicyReader<infer Content> ? Content : never;

/** What any of the readers understands; `type` tells them apart. */
export type PolicyContent = ContentOf<(typeof readers)[number]>;

/** An object that nobody reads is told with its name, and never dropped. */
export type PolicyReading =
  | ReadDocument<PolicyObject<PolicyContent>>
  | {
      readonly kind: 'unread';
      readonly reference: ObjectReference;
      readonly problem: DocumentProblem;
    };

/** Reads one object of a cluster by the reader of its group and kind; never throws. */
export function readPolicy(cluster: string, document: unknown): PolicyReading {
  const head = readHead(cluster, document);
  if (head.kind === 'refused') return head;
  const { reference } = head.value;
  const reader = readers.find(
    ({ group, kinds, names }) =>
      group === reference.group &&
      (kinds.length === 0 || kinds.includes(reference.kind)) &&
      (names === undefined || names.includes(reference.name)),
  );
  if (reader !== undefined) return reader.read(cluster, document);
  const group = reference.group || 'the core group';
  const message = `nobody here reads ${reference.kind} of ${group} (${reference.name})`;
  return { kind: 'unread', reference, problem: { path: 'kind', message } };
}
