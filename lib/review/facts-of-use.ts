import { type ImageFacts, imageFacts, type PolicyMarks } from '#lib/policy/facts.ts';
import type { ReviewedImage, ReviewedUse } from '#lib/ports/review-store.ts';

/** Facts of images kept for one cluster. */
const mostFacts = 20_000;

/**
 * Facts of a use under policies as `marks` has them; worked out once for each image as long as its
 * verdict stays. What was found under a policy that says something else now does not count.
 */
export function rememberFacts(
  cluster: string,
  images: ReadonlyMap<number, ReviewedImage>,
  marks: PolicyMarks,
): (use: ReviewedUse) => ImageFacts | undefined {
  const known = new Map<ReviewedImage, ImageFacts | undefined>();
  return ({ image, unresolved }) => {
    const found = image === undefined ? undefined : images.get(image);
    if (found === undefined) return imageFacts(cluster, undefined, unresolved, marks);
    if (known.size > mostFacts) known.clear();
    if (!known.has(found)) known.set(found, imageFacts(cluster, found.verdict, unresolved, marks));
    return known.get(found);
  };
}
