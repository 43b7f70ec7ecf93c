import { beforeAll, describe, expect, it } from 'vitest';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { ImageVerifier } from '#lib/ports/verifier.ts';
import { scanOnce } from '#lib/scan/scan-once.ts';
import { type PreparedMaterial, prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { aTrustRoot, exactly, keylessAuthority } from '#tests/builders/signing.ts';
import { aSigningWorld, type SigningWorld } from '#tests/builders/signing-world.ts';
import { aContainer, aPod } from '#tests/builders/workload.ts';
import { createFakeCluster } from '#tests/fakes/cluster.ts';
import { createFakeTrust } from '#tests/fakes/trust.ts';
import { aWorld, quickly } from '#tests/fakes/world.ts';

/** The real verifier, in this thread, which notes what it checks. */
function aVerifier(): ImageVerifier & { readonly checked: string[] } {
  let material: PreparedMaterial = prepareMaterial({ authorities: [], trustRoots: [] });
  const checked: string[] = [];
  return {
    checked,
    configure: async (next) => {
      material = prepareMaterial(next);
    },
    // Signatures made here are of today; the clock of the fakes stands still.
    verify: async (discovery, known) => {
      const answer = verifyImage(discovery, material, known, new Date());
      if (answer.signatureChecks > 0) checked.push(discovery.repository);
      return answer;
    },
    close: async () => undefined,
  };
}

const domains = ['one', 'two'] as const;
let worlds: readonly SigningWorld[];
beforeAll(async () => {
  worlds = await Promise.all(domains.map(() => aSigningWorld()));
});

/** Two images, each signed within a trust domain of its own and trusted by it alone. */
async function twoDomains() {
  const world = aWorld();
  const verifier = aVerifier();
  const pods = await Promise.all(
    domains.map(async (domain, index) => {
      const name = `ghcr.io/${domain}/app`;
      const digest = world.registry.push(name, name, '1.0');
      const statement = statementAbout({ name, digest }, predicateTypes.cosignSign, {});
      const bundle = await worlds[index]?.bundle('rekor-1', undefined, undefined, statement);
      world.registry.attach(name, digest, Buffer.from(bundle?.bytes ?? []).toString('utf8'));
      const image = `${name}@${digest}`;
      return aPod(domain, [aContainer(image, { imageId: image })]);
    }),
  );
  const roots = domains.map((domain, index) => aTrustRoot(worlds[index]?.root.json ?? '', domain));
  const trust = createFakeTrust(...roots);
  const deps = world.deps({
    clusters: [createFakeCluster('prod', { pods })],
    verifier,
    trust,
    authorities: domains.map((domain, index) => {
      const identity = worlds[index]?.identity ?? { subject: '', issuer: '' };
      const options = { name: domain, trustRoot: domain, images: [`ghcr.io/${domain}/*`] };
      return keylessAuthority([exactly(identity)], options);
    }),
  });
  const statuses = () =>
    [...world.store.judgements.values()].flatMap(({ uses }) => uses.map(({ status }) => status));
  return { deps, verifier, trust, roots, statuses };
}

/** The same root in other words: another revision. */
const revised = (json: string): string => JSON.stringify(JSON.parse(json), null, 1);

describe('a new revision of a trust root', () => {
  it('has what depends on it checked again, and nothing else', async () => {
    const { deps, verifier, trust, roots, statuses } = await twoDomains();
    await scanOnce(deps, { pace: quickly });
    expect(statuses()).toEqual(['verified', 'verified']);
    expect([...verifier.checked].sort()).toEqual(['one/app', 'two/app']);

    verifier.checked.length = 0;
    await scanOnce(deps, { pace: quickly, full: true });
    expect(verifier.checked).toEqual([]);

    trust.roots = roots.map((root) =>
      root.name === 'two' ? aTrustRoot(revised(root.json), 'two') : root,
    );
    const scan = await scanOnce(deps, { pace: quickly });
    expect(scan.full).toBe(true);
    expect(verifier.checked).toEqual(['two/app']);
    expect(statuses()).toEqual(['verified', 'verified']);
  });

  it('that no longer has the authority takes "verified" back, from its own images only', async () => {
    const { deps, verifier, trust, roots } = await twoDomains();
    await scanOnce(deps, { pace: quickly });
    verifier.checked.length = 0;
    const without = JSON.parse(roots[1]?.json ?? '{}');
    trust.roots = [
      ...roots.slice(0, 1),
      aTrustRoot(JSON.stringify({ ...without, certificateAuthorities: [] }), 'two'),
    ];
    await scanOnce(deps, { pace: quickly });
    expect(verifier.checked).toEqual(['two/app']);
    const verdicts = await Promise.all(
      domains.map(async (domain) => {
        const digest = await deps.registry.resolveTag('ghcr.io', `${domain}/app`, '1.0');
        return (await deps.store.image(digest ?? ''))?.locations[0]?.status;
      }),
    );
    expect(verdicts).toEqual(['verified', 'untrusted']);
  });

  it('N53 of one domain never vouches for an image of another', async () => {
    const { deps, trust, roots, statuses } = await twoDomains();
    // Each domain under the other's name: the same roots, and not one signature within its domain.
    trust.roots = roots.map(({ json }, index) => aTrustRoot(json, domains[1 - index] ?? ''));
    await scanOnce(deps, { pace: quickly });
    expect(statuses()).toEqual(['untrusted', 'untrusted']);
  });
});
