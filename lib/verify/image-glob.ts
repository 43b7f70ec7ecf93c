import { RE2JS } from 're2js';

/** Whether a glob covers `registry/repository`. */
export type ImageMatcher = (name: string) => boolean;

/**
 * Compiles a glob over `registry/repository`. `*` stands for any text within a segment, `**` for any
 * text across segments; nothing else is special. Docker Hub is `docker.io/library/nginx`.
 */
export function compileImageGlob(glob: string): ImageMatcher {
  const parts = glob.split(/(\*+)/);
  if (parts.length === 1) return (name) => name === glob;
  const pattern = parts.map((part) => {
    if (!part.startsWith('*')) return RE2JS.quote(part);
    return part.length > 1 ? '.*' : '[^/]*';
  });
  const compiled = RE2JS.compile(pattern.join(''));
  return (name) => compiled.matches(name);
}
