import { type Checked, checkSubject } from './check-subject.ts';
import type { ScanDependencies } from './dependencies.ts';
import type { FindElsewhere } from './elsewhere.ts';
import type { RetryBook } from './retry.ts';

type Needs = Parameters<typeof checkSubject>[0] & Pick<ScanDependencies, 'platforms'>;

/**
 * Checks the platform images of the indexes among these, each for a verdict of its own. Only where the
 * configuration asks for all of them: it costs as many looks as there are platforms.
 */
export async function checkPlatforms(
  deps: Needs,
  retries: RetryBook,
  indexes: readonly Checked[],
  findElsewhere: FindElsewhere,
): Promise<readonly Checked[]> {
  if (deps.platforms === 'used') return [];
  const found: Checked[] = [];
  for (const { verdict, platforms = [] } of indexes) {
    const { registry, repository } = verdict;
    const places = findElsewhere(`${registry}/${repository}`);
    const children = [...new Set(platforms.map(({ digest }) => digest))];
    const subjects = children.map((digest) => ({ registry, repository, digest }));
    // One index after the other: an index alone may fill the places of its registry.
    found.push(
      ...(await Promise.all(subjects.map((one) => checkSubject(deps, retries, one, places)))),
    );
  }
  return found;
}
