import type { PolicySummary, ReadDocument } from '#lib/model/policy.ts';
import type { ObjectHead, ObjectKinds } from './object.ts';

/** One object that an engine obeys: its head, the line of a list where it is a policy, and its content. */
export interface PolicyObject<Content> {
  readonly head: ObjectHead;
  /** Absent for what is no policy itself: exceptions, configuration, trust roots. */
  readonly summary?: PolicySummary;
  readonly content: Content;
}

/** Reads objects of some kinds of one API group. */
export interface PolicyReader<Content> extends ObjectKinds {
  /** Where the kind is shared with everybody (ConfigMap): the names of those that are ours. */
  readonly names?: readonly string[];
  readonly read: (cluster: string, document: unknown) => ReadDocument<PolicyObject<Content>>;
}
