import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { signatureLayer, simpleSigningPayload } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { startPrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import type { ImageVerifier } from '#lib/ports/verifier.ts';
import { aDiscovery, anImage, keyAuthority, layerEvidence } from '#tests/builders/signing.ts';
import { createImageVerifier } from './worker-pool.ts';

const workerUrl = new URL('../../scan/verify-worker.ts', import.meta.url);

/**
 * The real worker behind a trapdoor: evidence whose payload says so makes the thread crash or hang,
 * as evidence that hits a bug would.
 */
const trapped = () =>
  new Worker(
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', (message) => {
       for (const { payload } of message.discovery?.evidence ?? []) {
         const text = Buffer.from(payload ?? '').toString();
         if (text === 'crash') process.exit(3);
         if (text === 'hang') for (;;);
       }
     });
     await import(${JSON.stringify(workerUrl.href)});`,
    { eval: true },
  );

const key = generateKeyPair();
const sigstore = await startPrivateSigstore();
const material = { authorities: [keyAuthority([key.publicPem])], trustRoots: [] };

const good = async (name: string) => {
  const image = anImage(name);
  const signer = { kind: 'key', key, tlog: false } as const;
  const layer = await signatureLayer(sigstore, simpleSigningPayload(image), signer);
  return { image, evidence: layerEvidence(image.digest, layer) };
};

const poisoned = async (name: string, how: string) => {
  const { image, evidence } = await good(name);
  if (evidence.kind !== 'cosign-signature') throw new TypeError('unexpected evidence');
  return { image, evidence: { ...evidence, payload: Buffer.from(how) } };
};

let verifier: ImageVerifier;
afterEach(() => verifier.close());

const open = async (size = 2, itemMs = 2_000) => {
  verifier = createImageVerifier({ worker: trapped, size, itemMs });
  await verifier.configure(material);
};

describe('the worker pool', () => {
  it('judges under policies too, and says what it is worth under them alone', async () => {
    await open();
    const name = 'prod/ClusterImagePolicy/signed/authority-0';
    const source = { kind: 'policy', cluster: 'prod', policy: 'signed' } as const;
    await verifier.configure({
      authorities: [keyAuthority([generateKeyPair().publicPem])],
      policyAuthorities: [keyAuthority([key.publicPem], { name, source })],
      trustRoots: [],
    });
    const { image, evidence } = await good('app');
    const { verdict } = await verifier.verify(aDiscovery(image.digest, [evidence]), [], new Date());
    expect(verdict.status).toBe('invalid');
    expect(verdict.underPolicies).toMatchObject({
      judgedUnder: [name],
      verified: [{ status: 'verified', under: [name] }],
    });
  });

  it('verifies many images at once', async () => {
    await open();
    const images = await Promise.all(Array.from({ length: 20 }, (_, n) => good(`app-${n}`)));
    const answers = await Promise.all(
      images.map(({ image, evidence }) =>
        verifier.verify(aDiscovery(image.digest, [evidence]), [], new Date()),
      ),
    );
    expect(answers.map(({ verdict }) => verdict.status)).toEqual(Array(20).fill('verified'));
    expect(answers.map(({ verdict }) => verdict.digest)).toEqual(
      images.map(({ image }) => image.digest),
    );
  });

  it.each([
    ['crash', 'verifier-crash'],
    ['hang', 'verifier-timeout'],
  ])('makes an image inconclusive whose evidence makes the worker %s', async (how, reason) => {
    await open(1, 1_500);
    const bad = await poisoned('bad', how);
    const fine = await good('fine');
    const [lost, kept] = await Promise.all([
      verifier.verify(aDiscovery(bad.image.digest, [bad.evidence]), [], new Date()),
      verifier.verify(aDiscovery(fine.image.digest, [fine.evidence]), [], new Date()),
    ]);
    expect(lost.verdict).toMatchObject({
      status: 'inconclusive',
      reason,
      digest: bad.image.digest,
    });
    expect(kept.verdict.status).toBe('verified');
  });

  it('N89: lets a good signature win beside one that kills the worker', async () => {
    await open(1, 1_500);
    const { image, evidence } = await good('app');
    const bad = await poisoned('app', 'crash');
    const discovery = aDiscovery(image.digest, [
      { ...bad.evidence, subject: image.digest },
      evidence,
    ]);
    const { verdict } = await verifier.verify(discovery, [], new Date());
    expect(verdict.status).toBe('verified');
    expect(verdict.warnings).toMatchObject([{ reason: 'verifier-crash' }]);
  });

  it('judges by the material that was configured last', async () => {
    await open();
    const { image, evidence } = await good('app');
    const discovery = aDiscovery(image.digest, [evidence]);
    expect((await verifier.verify(discovery, [], new Date())).verdict.status).toBe('verified');
    await verifier.configure({ authorities: [], trustRoots: [] });
    expect((await verifier.verify(discovery, [], new Date())).verdict.status).toBe('inconclusive');
  });

  it('says so when no worker starts', async () => {
    verifier = createImageVerifier({
      worker: () => new Worker('throw new Error("no code")', { eval: true }),
      size: 1,
    });
    const { image, evidence } = await good('app');
    const { verdict } = await verifier.verify(aDiscovery(image.digest, [evidence]), [], new Date());
    expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'verifier-crash' });
  });

  it('settles what waits when it is closed', async () => {
    await open(1);
    const { image, evidence } = await good('app');
    const waiting = Array.from({ length: 5 }, () =>
      verifier.verify(aDiscovery(image.digest, [evidence]), [], new Date()),
    );
    await verifier.close();
    for (const { verdict } of await Promise.all(waiting))
      expect(['inconclusive', 'verified']).toContain(verdict.status);
  });
});
