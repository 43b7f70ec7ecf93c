import type { Elsewhere, ElsewhereRule } from '#lib/ports/registry.ts';
import { compileImageGlob } from '#lib/verify/image-glob.ts';

/** Finds the further places of an image by `registry/repository`. */
export type FindElsewhere = (name: string) => readonly Elsewhere[];

/** Compiles the rules once for many images. An image that several rules name has all their places. */
export function createFindElsewhere(rules: readonly ElsewhereRule[]): FindElsewhere {
  const compiled = rules.map(({ images, place }) => ({
    globs: images.map(compileImageGlob),
    place,
  }));
  return (name) =>
    compiled.filter(({ globs }) => globs.some((glob) => glob(name))).map(({ place }) => place);
}
