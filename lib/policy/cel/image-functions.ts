import { type CelFunc, CelScalar, type CelValue, celFunc, isCelMap } from '@bufbuild/cel';
import { parseReference } from '#lib/model/reference.ts';
import { notEvaluated } from '#lib/policy/finding.ts';
import { fail, type Machine } from './functions.ts';
import { leaveOpen } from './run.ts';
import { type CelFields, completeMap } from './values.ts';

const { BOOL, DYN, STRING } = CelScalar;

/** Stands in a map that is an image reference. */
const imageKey = '\u0000image';

/**
 * Kyverno's functions on image references. Docker Hub is `index.docker.io` there.
 * @see https://pkg.go.dev/github.com/google/go-containerregistry/pkg/name#ParseReference
 */
export function imageFunctions({ run }: Pick<Machine, 'run'>): CelFunc[] {
  const parse = (text: string): CelFields => {
    const parsed = parseReference(text);
    // Engines take some names that we refuse, and know fewer names of Docker Hub.
    if (!parsed.ok || /^(?:registry-1|registry\.hub)\./.test(text))
      return leaveOpen(run(), notEvaluated(`nobody here reads the image ${text.slice(0, 200)}`));
    const { registry, repository, tag, digest } = parsed.reference;
    return completeMap({
      [imageKey]: true,
      registry: registry === 'docker.io' ? 'index.docker.io' : registry,
      repository,
      tag: digest === undefined ? (tag ?? 'latest') : '',
      digest: digest ?? '',
    });
  };
  const partOf = (image: CelValue, part: string): string => {
    const value = isCelMap(image) && image.has(imageKey) ? image.get(part) : undefined;
    return typeof value === 'string' ? value : fail(`${part} is asked of no image`);
  };
  return [
    celFunc('parseImageReference', [STRING], DYN, parse),
    celFunc('image', [STRING], DYN, parse),
    celFunc('isImage', [STRING], BOOL, (text) => parse(text) !== undefined),
    ...['registry', 'repository', 'tag', 'digest'].map((part) =>
      celFunc(`@${part}`, [DYN], STRING, (image) => partOf(image, part)),
    ),
    celFunc(
      '@identifier',
      [DYN],
      STRING,
      (image) => partOf(image, 'digest') || partOf(image, 'tag'),
    ),
    celFunc('@containsDigest', [DYN], BOOL, (image) => partOf(image, 'digest') !== ''),
  ];
}
