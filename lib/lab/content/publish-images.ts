import type { LabPlan, PlannedImage } from '#lib/lab/plan/plan.ts';
import type { RegistryHost } from '#lib/lab/plan/zones.ts';
import { hasReferrersApi } from '#lib/lab/registries.ts';
import { startPrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import { createSigners, type Signers } from '#lib/lab/signing/signers.ts';
import type { ContentSink } from './attach.ts';
import { publishImage, tagImage } from './publish-image.ts';

/** How many images are signed at a time: enough to keep the processor busy. */
const together = 32;

/** Signs every image of the plan with new keys, stores it, and sets the tags. */
export async function publishImages(
  plan: LabPlan,
  sinks: ReadonlyMap<RegistryHost, ContentSink>,
): Promise<{ trustedRoot: string; publicKeys: Signers['publicKeys'] }> {
  const { images, repositories, seed } = plan;
  const sigstore = await startPrivateSigstore();
  const signers = createSigners();
  const sinkOf = (host: RegistryHost): ContentSink => {
    const sink = sinks.get(host);
    if (!sink) throw new TypeError(`no registry serves ${host}`);
    return sink;
  };
  const publish = ({ host }: PlannedImage) => ({
    sigstore,
    signers,
    seed,
    sink: sinkOf(host),
    referrersApi: hasReferrersApi(host),
  });
  for (let from = 0; from < images.length; from += together)
    await Promise.all(
      images.slice(from, from + together).map((image) => publishImage(publish(image), image)),
    );
  for (const { host, tags } of repositories.values())
    for (const [tag, image] of tags) tagImage(sinkOf(host), image, tag, seed);
  return { trustedRoot: sigstore.trustedRootJson, publicKeys: signers.publicKeys };
}
