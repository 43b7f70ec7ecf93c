import type { Authority } from '#lib/model/authority.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { Discovery } from '#lib/model/evidence.ts';
import { type Receipt, receiptMediaType } from '#lib/model/receipt.ts';
import type { RevocationAnswer } from '#lib/model/revocation.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { VerifierMaterial } from '#lib/ports/verifier.ts';
import { compileImageGlob } from '#lib/verify/image-glob.ts';
import { writeBytes } from './bytes-in-json.ts';
import { canonicalJson, digestOf } from './canonical-json.ts';

/** What a receipt is made from. */
export interface Judgement {
  readonly discovery: Discovery;
  readonly material: VerifierMaterial;
  readonly answers: readonly RevocationAnswer[];
  readonly verdict: ImageVerdict;
  readonly judgedAt: Date;
}

/**
 * The receipt of a judgement. It holds the authorities for this image with their trust roots; all
 * others only where a signer was looked for among them. Policies decide nothing about an image: what
 * evidence is worth under them is left out, and so are their trust roots.
 */
export function receiptOf({
  discovery,
  material,
  answers,
  judgedAt,
  ...judged
}: Judgement): Receipt {
  const { underPolicies: _, ...verdict } = judged.verdict;
  const authorities = neededAuthorities(discovery, material, verdict).map(withoutOrigin);
  const named = new Set(authorities.flatMap((one) => ('trustRoot' in one ? [one.trustRoot] : [])));
  const all = authorities.length === material.authorities.length || hasStranger(verdict);
  return {
    mediaType: receiptMediaType,
    judgedAt: judgedAt.toISOString(),
    verifierVersion: verdict.verifierVersion,
    discovery: plainDiscovery(discovery),
    authorities,
    trustRoots: material.trustRoots.filter(
      ({ name, origin }) => origin !== 'policy' && (all || named.has(name)),
    ),
    revocation: answers,
    verdict,
  };
}

/** The members of a search; a caller may have found more than that. */
const plainDiscovery = ({
  subject,
  subjectDescriptor,
  registry,
  repository,
  evidence,
  places,
  complete,
  warnings,
}: Discovery): Discovery => ({
  subject,
  ...(subjectDescriptor !== undefined && { subjectDescriptor }),
  registry,
  repository,
  evidence,
  places,
  complete,
  warnings,
});

function neededAuthorities(
  { registry, repository }: Discovery,
  { authorities }: VerifierMaterial,
  verdict: ImageVerdict,
): readonly Authority[] {
  if (hasStranger(verdict)) return authorities;
  const name = `${registry}/${repository}`;
  return authorities.filter(({ images }) => images.some((glob) => compileImageGlob(glob)(name)));
}

/** True when an item was not decided under an authority for this image. */
const hasStranger = ({ evidence }: ImageVerdict): boolean =>
  evidence.some(
    ({ authority, kind }) =>
      authority === undefined && kind !== 'unsigned-attachment' && kind !== 'unreadable',
  );

/** Where an authority was written is nobody's business who reads the receipt. */
const withoutOrigin = (authority: Authority): Authority => ({
  ...authority,
  source: { kind: 'command-line' },
});

/** The receipt as a file: canonical JSON, closed by the digest over all the rest. */
export function writeReceipt(receipt: Receipt): string {
  const { discovery, revocation, ...rest } = receipt;
  const bare = { discovery: writeBytes(discovery), revocation: writeBytes(revocation) };
  const written = { ...rest, ...bare };
  return `${canonicalJson({ ...written, digest: digestOf(canonicalJson(written)) })}\n`;
}

/** Names an authority by all that it says, with the name and the images. */
export const authorityDigest = (authority: Authority): Digest =>
  digestOf(canonicalJson(withoutOrigin(authority)));
