import { RE2JS } from 're2js';
import type { Reference } from '#lib/model/reference.ts';
import { literalPrefix } from '#lib/policy/patterns.ts';
import { remembered } from '#lib/policy/remembered.ts';

const allowed = /^[a-zA-Z0-9\-_:/*.@]+$/;

/** Whether a name fits a glob of a ClusterImagePolicy. */
export type CipGlob = (image: string) => boolean;

/**
 * Compiles a glob of a ClusterImagePolicy: `*` stays within a segment, `**` does not, the whole name
 * must fit. `*` and two stars around a slash alone mean Docker Hub. Undefined for a glob that the webhook refuses.
 * @see https://github.com/sigstore/policy-controller/blob/main/pkg/apis/glob/glob.go
 */
export const compileCipGlob = remembered((glob: string): CipGlob | undefined => {
  if (!allowed.test(glob)) return undefined;
  const whole = shorthands.get(glob) ?? glob;
  const pattern = whole.replaceAll('.', '\\.').replaceAll(/\*\*|\*/g, (stars) => wild[stars] ?? '');
  const compiled = RE2JS.compile(pattern);
  const prefix = literalPrefix(whole);
  return (image) => image.startsWith(prefix) && compiled.matches(image);
});

const wild: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*' };
const shorthands: ReadonlyMap<string, string> = new Map([
  ['*', 'index.docker.io/library/*'],
  ['*/*', 'index.docker.io/*/*'],
]);

/**
 * The name under which the engine looks for policies: Docker Hub is `index.docker.io`, and a digest
 * takes the place of the tag, because the mutating webhook adds it first.
 */
export function cipName({ registry, repository, tag, digest }: Reference): string {
  const host = registry === 'docker.io' ? 'index.docker.io' : registry;
  const name = `${host}/${repository}`;
  return digest === undefined ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
}
