import { parseReference, tagOf } from '#lib/model/reference.ts';
import type { PlannedImage, PlannedRepository } from './plan.ts';
import type { Demand, PolicySigner } from './planned-admission.ts';
import { type EvidenceStep, recipeOf, type SignerName } from './recipes.ts';

/** What a demand comes to: `error` where an engine could not look. */
export type DemandOutcome = 'admit' | 'refuse' | 'error' | 'not-evaluated';

/** What is so of the images of a lab, told by their recipes alone. */
export interface ImageTruth {
  /** What a declared image comes to under a demand. */
  outcome(demand: Demand, declared: string): DemandOutcome;
  /** Whether a registry could say which digest a declared image is. */
  resolves(declared: string): boolean;
}

/** Whose signatures count as those of a signer of policies. */
const signers: Readonly<Record<PolicySigner, readonly SignerName[]>> = {
  'platform-key': ['platform-key'],
  'data-key': ['data-key', 'data-key-unlogged'],
  'edge-key': ['edge-key'],
  release: ['release'],
};

interface Known {
  readonly evidence: readonly EvidenceStep[];
  /** The repository cannot be read. */
  readonly hidden: boolean;
}

/** Tells what is so of images by their recipes: nothing is verified, what was planned is believed. */
export function imageTruth(
  images: readonly PlannedImage[],
  repositories: ReadonlyMap<string, PlannedRepository>,
): ImageTruth {
  const byDigest = new Map<string, Known>();
  for (const { digest, children, recipe } of images) {
    const { evidence, fault, index } = recipeOf(recipe);
    const hidden = fault !== undefined;
    byDigest.set(digest, { evidence, hidden });
    for (const child of children)
      byDigest.set(child.digest, { evidence: index?.children ?? [], hidden });
  }
  const look = (declared: string): Known | undefined => {
    const parsed = parseReference(declared);
    if (!parsed.ok) return undefined;
    const { registry, repository, digest } = parsed.reference;
    if (digest !== undefined) return byDigest.get(digest);
    const tags = repositories.get(`${registry}/${repository}`)?.tags;
    const image = tags?.get(tagOf(parsed.reference) ?? '');
    return image && byDigest.get(image.digest);
  };
  const found = new Map<string, Known | undefined>();
  const find = (declared: string): Known | undefined => {
    if (!found.has(declared)) found.set(declared, look(declared));
    return found.get(declared);
  };
  return {
    outcome: (demand, declared) => outcomeOf(demand, declared, find),
    resolves: (declared) => declared.includes('@') || find(declared)?.hidden === false,
  };
}

function outcomeOf(
  demand: Demand,
  declared: string,
  find: (declared: string) => Known | undefined,
): DemandOutcome {
  const verdict = (holds: boolean): DemandOutcome => (holds ? 'admit' : 'refuse');
  switch (demand.kind) {
    case 'nothing':
    case 'static-pass':
      return 'admit';
    case 'engine-only':
      return 'not-evaluated';
    case 'digest':
      return verdict(declared.includes('@'));
    case 'not-latest':
      return verdict(!declared.endsWith(':latest'));
    case 'prefixes':
      return verdict(demand.prefixes.some((prefix) => declared.startsWith(prefix)));
    case 'signature':
    case 'provenance': {
      const known = find(declared);
      if (known === undefined || known.hidden) return 'error';
      return verdict(known.evidence.some((step) => meets(step, demand)));
    }
  }
}

/** What was spoilt is no signature, and what lies elsewhere is not found: engines look beside the image. */
function meets(
  step: EvidenceStep,
  demand: Extract<Demand, { readonly kind: 'signature' | 'provenance' }>,
): boolean {
  if (step.kind !== 'signature' && step.kind !== 'bundle') return false;
  if (step.tampering !== undefined || !signers[demand.by].includes(step.by)) return false;
  if (demand.kind === 'provenance')
    return step.kind === 'bundle' && step.predicate === 'provenance';
  if (step.kind === 'bundle') return demand.formats.includes('bundle');
  return step.place === undefined && demand.formats.includes('legacy');
}
