import { z } from 'zod';
import { OperationalError } from '#lib/errors.ts';
import type { Digest } from '#lib/model/digest.ts';
import { limits as caps } from '#lib/model/limits.ts';
import { Descriptor, mediaTypes } from '#lib/model/manifest.ts';
import type { ReferrersAnswer } from '#lib/ports/registry.ts';
import { aboutRepository, type QuestionContext } from './content.ts';
import type { Question } from './exchange.ts';
import type { HostState } from './host-state.ts';
import { type Page, readPages } from './pages.ts';
import { parseJson } from './registry-json.ts';

const ReferrersPage = z.object({ manifests: z.array(Descriptor) });
const TagsPage = z.object({ tags: z.array(z.string()).nullish() });
const CatalogPage = z.object({ repositories: z.array(z.string()).nullish() });

/** Answers by which registries say that they have no referrers API; ggcr reads them the same way. */
const noReferrersApi = [400, 404, 405, 406, 501];

class NoReferrersApi extends Error {}

/**
 * The referrers API of one digest, unfiltered: descriptors lie about artifact types.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export async function getReferrers(
  context: QuestionContext,
  registry: string,
  repository: string,
  digest: Digest,
): Promise<ReferrersAnswer> {
  const state = context.stateOf(registry);
  const purpose = `referrers of ${registry}/${repository}@${digest}`;
  const question: ListQuestion<z.infer<typeof ReferrersPage>> = {
    ...aboutRepository(registry, repository),
    purpose,
    accept: mediaTypes.ociIndex,
    schema: ReferrersPage,
    expects: noReferrersApi,
    check: refuseOtherThanIndex,
  };
  try {
    const list = await readPages(
      `/v2/${repository}/referrers/${digest}`,
      async (path) => {
        const page = await askPage(context, state, path, question);
        return { ...page, items: page.body.manifests };
      },
      { pages: context.limits.pages, items: context.limits.referrers },
    );
    state.referrersApi = true;
    return {
      supported: true,
      descriptors: list.items,
      truncated: list.problem !== undefined,
      ...(list.problem !== undefined && { problem: list.problem }),
    };
  } catch (error) {
    if (!(error instanceof NoReferrersApi)) throw error;
    state.referrersApi = false;
    return { supported: false, detail: `${purpose}: ${error.message}` };
  }
}

/** Some registries answer with a page for people, or send the asker to another host. */
function refuseOtherThanIndex(status: number, headers: Readonly<Record<string, string>>): void {
  if (status !== 200) throw new NoReferrersApi(`the registry answered ${status}: no referrers API`);
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== mediaTypes.ociIndex)
    throw new NoReferrersApi(
      `the registry answered with ${JSON.stringify(type?.slice(0, 80))}, not with an image index: no referrers API`,
    );
}

/** All tags of a repository. */
export async function getTags(
  context: QuestionContext,
  registry: string,
  repository: string,
): Promise<{ readonly tags: readonly string[]; readonly complete: boolean }> {
  const state = context.stateOf(registry);
  const list = await readPages(
    `/v2/${repository}/tags/list?n=100`,
    async (path) => {
      const page = await askPage(context, state, path, {
        ...aboutRepository(registry, repository),
        purpose: `tags of ${registry}/${repository}`,
        schema: TagsPage,
      });
      return { ...page, items: page.body.tags ?? [] };
    },
    { pages: context.limits.tagPages, items: context.limits.tagPages * 100 },
  );
  return { tags: list.items, complete: list.problem === undefined };
}

/** Every repository of a registry, where it tells. */
export async function getRepositories(
  context: QuestionContext,
  registry: string,
): Promise<readonly string[]> {
  const purpose = `repositories of ${registry}`;
  const state = context.stateOf(registry);
  const list = await readPages(
    '/v2/_catalog?n=100',
    async (path) => {
      const page = await askPage(context, state, path, {
        scope: 'registry:catalog:*',
        repository: '',
        purpose,
        schema: CatalogPage,
      });
      return { ...page, items: page.body.repositories ?? [] };
    },
    { pages: context.limits.tagPages, items: context.limits.tagPages * 100 },
  );
  if (list.problem !== undefined)
    throw new OperationalError(list.problem.reason, `${purpose}: ${list.problem.detail}`);
  return list.items;
}

interface ListQuestion<T> extends Pick<Question, 'scope' | 'repository' | 'purpose' | 'accept'> {
  readonly schema: z.ZodType<T>;
  readonly expects?: readonly number[];
  readonly check?: (status: number, headers: Readonly<Record<string, string>>) => void;
}

async function askPage<T>(
  context: QuestionContext,
  state: HostState,
  path: string,
  { schema, check, expects = [], ...question }: ListQuestion<T>,
): Promise<Omit<Page<unknown>, 'items'> & { readonly body: T }> {
  const response = await context.ask(state, {
    ...question,
    method: 'GET',
    path,
    cap: caps.listBytes,
    redirects: check === undefined ? 'follow' : 'report',
    expects: [...expects, ...(check === undefined ? [] : redirects)],
  });
  check?.(response.status, response.headers);
  if (response.status === 404)
    throw new OperationalError('registry-not-found', `${question.purpose}: answered 404`, {
      retryable: true,
    });
  const body = schema.safeParse(parseJson(response.bytes));
  if (!body.success)
    throw new OperationalError(
      'registry-protocol',
      `${question.purpose}: ${response.url.host} answered ${response.status} with something that is not such a list`,
      { retryable: true },
    );
  return { link: response.headers['link'], url: response.url, body: body.data };
}

const redirects = [301, 302, 303, 307, 308];
