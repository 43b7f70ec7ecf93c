import 'server-only';
import type { ImageDetail, ImageFilter, ImageLocation, ImagePage } from '#lib/contract/images.ts';
import type { Facets, PageRequest } from '#lib/contract/paging.ts';
import { suggestAuthority } from '#lib/model/suggest-authority.ts';
import { server } from '#lib/wiring/server.ts';
import { HttpError } from './route.ts';

/** One page of the image list, in the order of the filter. */
export const listImages = async (filter: ImageFilter, page: PageRequest): Promise<ImagePage> =>
  (await server()).store.images(filter, page);

/** The values of every facet with their counts under the rest of the filter. */
export const imageFacets = async (filter: ImageFilter): Promise<Facets> =>
  (await server()).store.imageFacets(filter);

/**
 * One digest everywhere it was met, with the evidence beside it.
 * @throws HttpError 404
 */
export async function readImage(digest: string): Promise<ImageDetail> {
  const image = await (await server()).store.image(digest);
  if (image === undefined)
    throw new HttpError(404, `No image ${digest} runs or is published where we look.`);
  return { ...image, locations: image.locations.map(withSuggestion) };
}

function withSuggestion(location: ImageLocation): ImageLocation {
  const item = location.evidence.find(({ status }) => status === 'untrusted');
  if (location.status !== 'untrusted' || !item?.signer) return location;
  const image = `${location.registry}/${location.repository}`;
  const signer = { ...item.signer, evidence: item.kind };
  return { ...location, suggestion: suggestAuthority(image, signer) };
}
