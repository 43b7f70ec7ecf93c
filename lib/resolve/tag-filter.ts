import { RE2JS } from 're2js';
import { ConfigurationError } from '#lib/errors.ts';

/** True for tags under which clients keep evidence: they are nobody's release. */
export const isEvidenceTag = (tag: string): boolean =>
  /^(?:[a-z0-9-]*-)?sha(?:256-[a-f0-9]{64}|512-[a-f0-9]{128})(?:\.(?:sig|att|sbom))?$/.test(tag);

/**
 * A test of whole strings by an RE2 pattern, in linear time whatever the pattern. Absent: all pass.
 * @throws ConfigurationError naming `where` when the pattern is none
 */
export function wholePattern(
  pattern: string | undefined,
  where: string,
): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matches(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([
      `${where}: ${JSON.stringify(pattern)} is not an RE2 pattern: ${why}`,
    ]);
  }
}

/** True when a repository is written as a glob. */
export const isGlob = (text: string): boolean => text.includes('*');

/** A repository glob as a test: `*` stays within a path segment, `**` does not. */
export function repositoryGlob(glob: string): (repository: string) => boolean {
  const pattern = glob
    .split(/(\*\*|\*)/)
    .map((part) => {
      if (part === '**') return '.*';
      return part === '*' ? '[^/]*' : RE2JS.quote(part);
    })
    .join('');
  return wholePattern(pattern, 'repository');
}
