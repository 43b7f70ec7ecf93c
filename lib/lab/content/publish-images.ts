import type { LabNotary } from '#lib/lab/notary-server.ts';
import type { LabPlan, PlannedImage } from '#lib/lab/plan/plan.ts';
import type { RegistryHost } from '#lib/lab/plan/zones.ts';
import { hasReferrersApi } from '#lib/lab/registries.ts';
import { createNotationSigners } from '#lib/lab/signing/notation-signers.ts';
import { type PrivateSigstore, startPrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import { createSigners, type Signers } from '#lib/lab/signing/signers.ts';
import { signCollection } from '#lib/lab/signing/trust-data.ts';
import type { ContentSink } from './attach.ts';
import { type Publisher, publishImage, tagImage } from './publish-image.ts';

/** How many images are signed at a time: enough to keep the processor busy. */
const together = 32;

/** What the configuration needs to trust those who signed. */
export interface PublishedTrust {
  readonly publicKeys: Signers['publicKeys'];
  /** Text of the `trusted_root.json`. */
  readonly trustedRoot: string;
  /** PEM of the root of the private PKI, and of the timestamp authority. */
  readonly pkiRoot: string;
  readonly timestampChain: string;
  /** PEM of the root that issued Notation's certificates. */
  readonly notationRoot: string;
  /** Ids of the root keys of trust data that are to be pinned. */
  readonly pinnedRootKeys: readonly string[];
}

/** Those who sign in one lab, with keys of their own. */
export interface SigningServices {
  readonly sigstore: PrivateSigstore;
  readonly signers: Signers;
  readonly notation: Awaited<ReturnType<typeof createNotationSigners>>;
}

/** Makes new keys and starts the services. */
export const startSigning = async (): Promise<SigningServices> => ({
  sigstore: await startPrivateSigstore(),
  signers: await createSigners(),
  notation: await createNotationSigners(),
});

/** Signs every image of the plan, stores it, and sets the tags. */
export async function publishImages(
  plan: LabPlan,
  sinks: ReadonlyMap<RegistryHost, ContentSink>,
  notary: Pick<LabNotary, 'publish'>,
  { sigstore, signers, notation }: SigningServices,
): Promise<PublishedTrust> {
  const { images, repositories, seed } = plan;
  const sinkOf = (host: RegistryHost): ContentSink => {
    const sink = sinks.get(host);
    if (!sink) throw new TypeError(`no registry serves ${host}`);
    return sink;
  };
  const pinnedRootKeys: string[] = [];
  const trustData: Publisher['trustData'] = async ({ host, repository, zone }, targets) => {
    const collection = await signCollection({ gun: `${host}/${repository}`, targets });
    notary.publish(collection);
    if (zone === 'classic') pinnedRootKeys.push(collection.rootKeyId);
  };
  const publish = ({ host }: PlannedImage) => ({
    sigstore,
    signers,
    notation,
    trustData,
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
  return {
    publicKeys: signers.publicKeys,
    trustedRoot: sigstore.trustedRootJson,
    pkiRoot: signers.pkiRootPem,
    timestampChain: sigstore.timestampChainPem,
    notationRoot: notation.rootPem,
    pinnedRootKeys,
  };
}
