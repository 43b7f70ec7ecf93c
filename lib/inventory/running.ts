import { isDigest } from '#lib/model/digest.ts';
import { parseReference, repositoryName } from '#lib/model/reference.ts';
import type { RunningImage } from '#lib/model/workload.ts';

const scheme = /^[a-z][a-z0-9+.-]*:\/\//;
const bareDigest = /^(?:sha256:)?[a-f0-9]{64}$/;

/**
 * Reads a container status's `imageID` in every form in which runtimes write it.
 *
 * A digest behind a repository is what the runtime pulled, for multi-arch images the index; the
 * repository may be another one with the same content. A digest without a repository is the digest
 * of the image's local configuration: 64 hexadecimal characters like any other, but asking a
 * registry for it would turn "loaded on the node" into "not signed".
 */
export function runningImage(imageId: string): RunningImage {
  if (imageId === '') return { state: 'pending' };
  const text = imageId.replace(scheme, '');
  if (bareDigest.test(text)) return { state: 'local', imageId };

  const at = text.lastIndexOf('@');
  const digest = text.slice(at + 1);
  if (at < 1 || !isDigest(digest)) return { state: 'malformed', imageId };
  const parsed = parseReference(text);
  return {
    state: 'digest',
    digest,
    ...(parsed.ok && { repository: repositoryName(parsed.reference) }),
  };
}

/** Equal for two images exactly when they are the same statement about what runs. */
export function runningKey(image: RunningImage): string {
  switch (image.state) {
    case 'digest':
      return `${image.digest} ${image.repository ?? ''}`;
    case 'pending':
      return '';
    default:
      return `${image.state} ${image.imageId}`;
  }
}
