import type { InstalledEngine } from '#lib/model/admission.ts';
import type { Engine } from '#lib/model/policy.ts';
import { parseReference } from '#lib/model/reference.ts';

/** Repository names, by their ends, under which engines publish the part that answers webhooks. */
const repositories: readonly (readonly [suffix: string, engine: Engine])[] = [
  ['kyverno/kyverno', 'kyverno'],
  ['policy-controller/cmd/webhook', 'policy-controller'],
  ['sigstore/policy-controller', 'policy-controller'],
  ['policy-controller/policy-webhook', 'policy-controller'],
  ['policy-webhook', 'policy-controller'],
  ['openpolicyagent/gatekeeper', 'gatekeeper'],
  ['connaisseur', 'connaisseur'],
  ['portieris', 'portieris'],
  ['kubewarden/policy-server', 'kubewarden'],
];

/** A workload as far as its images tell what it is. */
export interface EngineWorkload {
  readonly namespace: string;
  readonly name: string;
  readonly images: readonly string[];
}

/**
 * Finds the engines that run among workloads by the repositories of their images; a mirror keeps the
 * last parts of the name. The version is the tag, where it looks like one.
 */
export function installedEngines(workloads: Iterable<EngineWorkload>): readonly InstalledEngine[] {
  const found = new Map<string, InstalledEngine>();
  for (const { namespace, name, images } of workloads)
    for (const image of images) {
      const engine = engineOf(image);
      if (engine === undefined) continue;
      const entry = { ...engine, namespace, workload: name };
      found.set(JSON.stringify(entry), entry);
    }
  return [...found.values()];
}

function engineOf(image: string): Pick<InstalledEngine, 'engine' | 'version'> | undefined {
  const parsed = parseReference(image);
  if (!parsed.ok) return undefined;
  const { repository, tag } = parsed.reference;
  const known = repositories.find(
    ([suffix]) => repository === suffix || repository.endsWith(`/${suffix}`),
  );
  if (known === undefined) return undefined;
  const isVersion = tag !== undefined && /^v?\d+\.\d+/.test(tag);
  return { engine: known[1], ...(isVersion && { version: tag }) };
}
