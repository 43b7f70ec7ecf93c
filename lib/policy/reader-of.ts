import type { PolicySummary, ReadDocument } from '#lib/model/policy.ts';
import type { ObjectHead, ObjectKinds } from './object.ts';
import type { PolicyReader } from './policy-object.ts';

/** What a summary says beside the names and times that stand in every head. */
export type SummaryOf<Value> = (
  value: Value,
) => Pick<PolicySummary, 'engine' | 'mode' | 'verifies' | 'images' | 'unevaluated'>;

/** Makes a reader of documents one of policies: with a type that tells it apart, and a summary where it has one. */
export function readerOf<const Type extends string, Value extends { readonly head: ObjectHead }>(
  kinds: ObjectKinds,
  type: Type,
  read: (cluster: string, document: unknown) => ReadDocument<Value>,
  summaryOf?: SummaryOf<Value>,
): PolicyReader<Omit<Value, 'head'> & { readonly type: Type }> {
  return {
    ...kinds,
    read(cluster, document) {
      const answer = read(cluster, document);
      if (answer.kind === 'refused') return answer;
      const { head, ...rest } = answer.value;
      const summary = summaryOf && {
        reference: head.reference,
        authorities: [],
        ...summaryOf(answer.value),
        ...(head.createdAt !== undefined && { createdAt: head.createdAt }),
      };
      return {
        ...answer,
        value: { head, ...(summary && { summary }), content: { ...rest, type } },
      };
    },
  };
}
