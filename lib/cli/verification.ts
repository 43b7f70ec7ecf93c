import type { readEnvironment } from '#lib/config/environment.ts';
import { OperationalError } from '#lib/errors.ts';
import { isDigest } from '#lib/model/digest.ts';
import type { Discovery } from '#lib/model/evidence.ts';
import { type Reference, tagOf } from '#lib/model/reference.ts';
import type { Inheritance } from '#lib/model/verdict.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import type { VerifierMaterial, VerifyAnswer } from '#lib/ports/verifier.ts';
import { discoverEvidence } from '#lib/resolve/discover-evidence.ts';
import { membershipIn } from '#lib/resolve/index-membership.ts';
import { createFindElsewhere } from '#lib/scan/elsewhere.ts';
import { resolveKeys } from '#lib/scan/resolve-keys.ts';
import type { Configuration } from '#lib/wiring/configuration.ts';
import { openWorld, type World } from '#lib/wiring/world.ts';

/** What was found beside one image, and what it comes to. */
export interface Looked extends Pick<VerifyAnswer, 'verdict' | 'answers'> {
  readonly discovery: Discovery;
  readonly judgedAt: Date;
}

/** Images can be verified under one configuration until it is closed. */
export interface Verification {
  readonly material: VerifierMaterial;
  /** @throws OperationalError when the reference names nothing that can be looked at */
  look(reference: Reference, text: string): Promise<Looked>;
  close(): Promise<void>;
}

/** Opens registries and trust material; what of it cannot be had is told, and then nothing is claimed. */
export async function openVerification(
  configuration: Configuration,
  environment: ReturnType<typeof readEnvironment>,
  tell: (problem: string) => void,
): Promise<Verification> {
  const world = await openWorld(configuration, environment);
  try {
    const { roots, problems } = await world.trust.load();
    for (const { name, detail } of problems) tell(`trust root ${name}: ${detail}`);
    const resolved = await resolveKeys(configuration.authorities, world.keys);
    for (const { source, detail } of resolved.problems) tell(`authority ${source}: ${detail}`);
    const material = { authorities: resolved.authorities, trustRoots: roots };
    await world.verifier.configure(material);
    const findElsewhere = createFindElsewhere(configuration.elsewhere);
    const lookAt = async (subject: Subject, tag: string | undefined): Promise<Looked> => {
      const places = findElsewhere(`${subject.registry}/${subject.repository}`);
      const trust = world.contentTrust && {
        reader: world.contentTrust,
        tags: tag === undefined ? [] : [tag],
      };
      const discovery = await discoverEvidence(world.registry, subject, places, trust);
      const judgedAt = new Date();
      const { verdict, answers } = await world.verifier.verify(discovery, [], judgedAt);
      return { discovery, judgedAt, verdict, ...(answers && { answers }) };
    };
    return {
      material,
      look: async (reference, text) => {
        const tag = tagOf(reference);
        const looked = await lookAt(await subjectOf(world, reference, text), tag);
        const inheritedFrom = await inheritance(world, reference, looked, (index) =>
          lookAt(index, tag),
        );
        if (inheritedFrom === undefined) return looked;
        return { ...looked, verdict: { ...looked.verdict, inheritedFrom } };
      },
      close: () => world.close(),
    };
  } catch (error) {
    await world.close();
    throw error;
  }
}

async function subjectOf(world: World, reference: Reference, text: string): Promise<Subject> {
  const { registry, repository } = reference;
  const digest =
    reference.digest ??
    (await world.registry.resolveTag(registry, repository, tagOf(reference) ?? 'latest'));
  if (digest === undefined || !isDigest(digest))
    throw new OperationalError(
      'registry-not-found',
      `${text} is not in its registry, or hidden from us`,
    );
  return { registry, repository, digest };
}

/**
 * What an unsigned platform image has from the index that the tag beside its digest names: the index
 * is fetched, its bytes are those of its digest, it lists the image, and it is verified itself.
 */
async function inheritance(
  { registry: reader }: World,
  { registry, repository, tag, digest }: Reference,
  { verdict }: Looked,
  look: (index: Subject) => Promise<Looked>,
): Promise<Inheritance | undefined> {
  if (verdict.status !== 'unsigned' || tag === undefined || digest === undefined) return undefined;
  try {
    const index = await reader.resolveTag(registry, repository, tag);
    if (index === undefined || index === digest) return undefined;
    const fetched = await reader.manifest(registry, repository, index);
    const member = fetched && membershipIn(fetched, index, digest);
    if (member === undefined) return undefined;
    const { verdict: above } = await look({ registry, repository, digest: index });
    if (above.status !== 'verified') return undefined;
    const { authority, signer } = above;
    return {
      index,
      platform: member.platform,
      ...(authority !== undefined && { authority }),
      ...(signer && { signer }),
    };
  } catch (error) {
    // That the index cannot be had changes nothing about the image itself.
    if (error instanceof OperationalError) return undefined;
    throw error;
  }
}
