import { OperationalError } from '#lib/errors.ts';
import type { ScanStore, TagSubject } from '#lib/ports/scan-store.ts';
import type { ScanDependencies } from './dependencies.ts';
import { tagKey } from './jobs.ts';

/** What a tag names now; `saveTags` takes it as it is. */
export type TagChecked = Parameters<ScanStore['saveTags']>[0][number];

/** Asks the registry what a tag names now. A failure is `unknown` with its reason, never "gone". */
export async function checkTag(
  { registry, log }: Pick<ScanDependencies, 'registry' | 'log'>,
  tag: TagSubject,
): Promise<TagChecked> {
  try {
    const digest = await registry.resolveTag(tag.registry, tag.repository, tag.tag);
    return { ...tag, now: digest === undefined ? { state: 'gone' } : { state: 'digest', digest } };
  } catch (error) {
    if (error instanceof OperationalError)
      return { ...tag, now: { state: 'unknown', reason: error.code, detail: error.message } };
    log.error({ err: error, tag: tagKey(tag) }, 'asking for a tag failed');
    const detail = `Asking for ${tagKey(tag)} failed inside Sealwatch; the log has the cause.`;
    return { ...tag, now: { state: 'unknown', reason: 'registry-error', detail } };
  }
}
