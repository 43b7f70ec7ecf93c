import type { Digest } from '#lib/model/digest.ts';
import type { EvidenceVerdict, ImageVerdict } from '#lib/model/verdict.ts';

/** What verification found out about one image, as far as policies ask. */
export interface ImageFacts {
  /** What the declared reference resolves to; absent where nobody could tell. */
  readonly digest?: Digest;
  /** `registry/repository` of the declared image: engines look for signatures there. */
  readonly home?: string;
  /** Why not everything was looked for; absent where it was. */
  readonly incomplete?: string;
  /** Verdicts about each item, also under the authorities of policies. */
  readonly evidence: readonly EvidenceVerdict[];
  /** Names of the authorities under which all of the evidence was judged. */
  readonly judgedUnder: readonly string[];
}

/** By name of an authority within its cluster, the text of its policy now, as `policyMarks` gives it. */
export type PolicyMarks = ReadonlyMap<string, string>;

const noMarks: PolicyMarks = new Map();

/**
 * What policies of one cluster may ask of a verdict. What was found under a policy counts for as long as
 * the policy says the same (`marks`): after a change nobody has tried what it says now, and without
 * marks nothing counts that was found under policies. `unresolved`: why nobody knows what the
 * declared reference names.
 */
export function imageFacts(
  cluster: string,
  verdict: ImageVerdict | undefined,
  unresolved?: string,
  marks: PolicyMarks = noMarks,
): ImageFacts {
  if (verdict === undefined || unresolved !== undefined)
    return {
      incomplete: unresolved ?? 'nobody looked at this image yet',
      evidence: [],
      judgedUnder: [],
    };
  const { judgedUnder = [], verified = [], marks: before = {} } = verdict.underPolicies ?? {};
  const prefix = `${cluster}/`;
  const holding = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => {
      const own = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
      if (own === undefined || !Object.hasOwn(before, name)) return [];
      return marks.get(own) === before[name] ? [own] : [];
    });
  const missing = whatWasMissed(verdict);
  return {
    digest: verdict.digest,
    home: `${verdict.registry}/${verdict.repository}`,
    ...(missing !== undefined && { incomplete: missing }),
    evidence: [
      // An authority of ours may be called as one of a policy is: it is not the same for that.
      ...verdict.evidence.map(({ authority: _, ...item }) => item),
      ...verified.flatMap(({ under, ...item }) =>
        holding(under).map((authority) => ({ ...item, authority })),
      ),
    ],
    judgedUnder: holding(judgedUnder),
  };
}

/** Why something may lie there that nobody has seen; undefined where everything was seen. */
function whatWasMissed(verdict: ImageVerdict): string | undefined {
  const { status, reason, detail, evidence, places } = verdict;
  const failed = places.filter(({ outcome, immaterial }) => outcome === 'failed' && !immaterial);
  if (failed.length > 0)
    return failed
      .map((place) => `${place.place} in ${place.repository}: ${place.detail ?? 'not searched'}`)
      .join('; ');
  // Of what kind it is, only its content would tell.
  const unreadable = evidence.find(
    (item) => item.kind === 'unreadable' && item.status === 'inconclusive',
  );
  if (unreadable !== undefined) return `${unreadable.evidence} could not be read`;
  // An item that is open says so itself; without one, the image as a whole could not be judged.
  const open = evidence.some((item) => item.status === 'inconclusive');
  return status === 'inconclusive' && !open ? (detail ?? reason ?? status) : undefined;
}

/** Facts by the declared image; what is missing was never looked at. */
export type FactsOf = (image: string) => ImageFacts | undefined;
