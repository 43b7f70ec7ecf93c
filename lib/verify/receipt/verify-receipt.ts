import type { Digest } from '#lib/model/digest.ts';
import type { Receipt } from '#lib/model/receipt.ts';
import type { EvidenceVerdict, ImageVerdict } from '#lib/model/verdict.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifierVersion } from '#lib/verify/verifier-version.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { canonicalJson } from './canonical-json.ts';
import { isUnreadable, readReceipt } from './read-receipt.ts';
import { authorityDigest } from './receipt.ts';

/** Whom the receipt believes, by digest: what its reader has to agree with. */
export interface ReceiptPins {
  readonly authorities: readonly {
    readonly name: string;
    readonly digest: Digest;
    readonly fingerprint: string;
  }[];
  readonly trustRoots: readonly { readonly name: string; readonly revision: string }[];
}

/** What becomes of a receipt when its verdict is found again from its content alone. */
export type ReceiptOutcome =
  /** The verdict follows from the content; it may be any verdict, not only "verified". */
  | {
      readonly outcome: 'as-recorded';
      readonly receipt: Receipt;
      readonly pins: ReceiptPins;
      /** True when the steps were found again word by word, by the same version of the verifier. */
      readonly exact: boolean;
    }
  /** The content is whole, and another verdict follows from it. */
  | {
      readonly outcome: 'differs';
      readonly receipt: Receipt;
      readonly found: ImageVerdict;
      /** Members that differ. */
      readonly where: readonly string[];
    }
  | { readonly outcome: 'refused'; readonly detail: string };

/**
 * Verifies a receipt: reads it strictly, judges its evidence anew under its own authorities and trust
 * roots as of its own time, and compares. Opens nothing and asks nobody. Whatever a forged receipt
 * makes the verifier throw is a refusal.
 * @param now a receipt from the future is refused
 */
export function verifyReceipt(bytes: Uint8Array, now: Date): ReceiptOutcome {
  const receipt = readReceipt(bytes);
  if (isUnreadable(receipt)) return { outcome: 'refused', detail: receipt.unreadable };
  const judgedAt = new Date(receipt.judgedAt);
  if (judgedAt.getTime() > now.getTime() + clockSkewMs)
    return { outcome: 'refused', detail: `it was judged in the future, at ${receipt.judgedAt}` };
  try {
    const found = judge(receipt, judgedAt);
    const where = differences(receipt.verdict, found);
    if (where.length > 0) return { outcome: 'differs', receipt, found, where };
    const exact = canonicalJson(found) === canonicalJson(receipt.verdict);
    if (!exact && receipt.verifierVersion === verifierVersion)
      return { outcome: 'differs', receipt, found, where: ['checks'] };
    return { outcome: 'as-recorded', receipt, pins: pinsOf(receipt), exact };
  } catch (error) {
    return { outcome: 'refused', detail: `it makes no sense: ${(error as Error).message}` };
  }
}

/** Clocks of two machines differ by so much at most. */
const clockSkewMs = 5 * 60_000;

function judge(receipt: Receipt, judgedAt: Date): ImageVerdict {
  const { authorities, trustRoots, discovery, revocation } = receipt;
  const material = prepareMaterial({ authorities, trustRoots });
  return verifyImage(discovery, material, [], judgedAt, 'sample', revocation).verdict;
}

const pinsOf = ({ authorities, trustRoots }: Receipt): ReceiptPins => ({
  authorities: authorities.map((authority) => ({
    name: authority.name,
    digest: authorityDigest(authority),
    fingerprint: authority.fingerprint,
  })),
  trustRoots: trustRoots.map(({ name, revision }) => ({ name, revision })),
});

/** The members on which a verdict rests, whatever words a version of the verifier has for its steps. */
function differences(recorded: ImageVerdict, found: ImageVerdict): readonly string[] {
  const [before, after] = [essenceOf(recorded), essenceOf(found)];
  return Object.keys({ ...before, ...after }).filter(
    (name) => canonicalJson(before[name]) !== canonicalJson(after[name]),
  );
}

const essenceOf = (verdict: ImageVerdict): Readonly<Record<string, unknown>> => {
  const { status, reason, digest, registry, repository, signer, authority, attested } = verdict;
  return {
    ...{ status, reason, digest, registry, repository, signer, authority, attested },
    required: verdict.required,
    evidence: verdict.evidence.map(essenceOfItem),
    places: verdict.places,
  };
};

const essenceOfItem = (item: EvidenceVerdict) => {
  const { evidence, kind, sources, proves, predicateType, status, reason, authority } = item;
  const { signer, times, log, annotations, trustRoot, attestation, authorityFingerprint } = item;
  return {
    ...{ evidence, kind, sources, proves, predicateType, status, reason, authority },
    ...{ signer, times, log, annotations, trustRoot, attestation, authorityFingerprint },
  };
};
