import 'server-only';
import { shortDigest } from '#lib/model/digest.ts';
import { receiptMediaType } from '#lib/model/receipt.ts';
import { server } from '#lib/wiring/server.ts';
import { HttpError } from './route.ts';

/** One receipt after the other: each looks into a registry anew. */
let last: Promise<unknown> = Promise.resolve();

/**
 * The receipt of one digest in one repository, as a download. Only for images that are known here: this
 * is no way to have arbitrary registries asked.
 * @throws HttpError 404
 */
export async function imageReceipt(digest: string, repository: string): Promise<Response> {
  const running = await server();
  const location = (await running.store.image(digest))?.locations.find(
    (one) => `${one.registry}/${one.repository}` === repository,
  );
  if (location === undefined)
    throw new HttpError(
      404,
      `No image ${repository}@${digest} runs or is published where we look.`,
    );
  const { registry, repository: name } = location;
  const made = last.catch(() => undefined).then(() => running.receipt(registry, name, digest));
  last = made;
  return new Response(await made, {
    headers: {
      'content-type': receiptMediaType,
      'content-disposition': `attachment; filename="receipt-${shortDigest(digest)}.json"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
