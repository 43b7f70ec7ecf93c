import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { RevocationQuestion } from '#lib/model/revocation.ts';
import type { ImageVerifier, RevocationSource } from '#lib/ports/verifier.ts';
import {
  anEnvelope,
  notationAuthority,
  notationDiscovery,
  notationEvidence,
} from '#tests/builders/notation.ts';
import { aRoot } from '#tests/builders/notation-pki.ts';
import { aCrl, answersFrom } from '#tests/builders/revocation.ts';
import { createImageVerifier } from './worker-pool.ts';

const workerUrl = new URL('../../scan/verify-worker.ts', import.meta.url);
const root = await aRoot();
const ocsp = 'http://ocsp.acme.example';
const crl = 'http://crl.acme.example/root.crl';
const signer = await root.issue({ ocsp: [ocsp], crl: [crl] });
const discovery = notationDiscovery([notationEvidence(await anEnvelope(signer))]);

let verifier: ImageVerifier;
afterEach(() => verifier.close());

/** A pool with a source that answers out of bytes by address and remembers what it was asked. */
async function pool(
  bytes: Readonly<Record<string, Buffer>> | undefined,
  level = 'strict' as const,
) {
  const asked: RevocationQuestion[] = [];
  const revocation: RevocationSource = {
    ask: (questions) => {
      asked.push(...questions);
      return Promise.resolve(questions.map(answersFrom(bytes ?? {})));
    },
  };
  verifier = createImageVerifier({
    worker: () => new Worker(workerUrl),
    size: 1,
    ...(bytes && { revocation }),
  });
  await verifier.configure({
    authorities: [notationAuthority([root.pem], { level })],
    trustRoots: [],
  });
  return { asked, answer: await verifier.verify(discovery, [], new Date()) };
}

describe('a pool that may ask about revocation', () => {
  it('verifies again with what it learnt, a list only after OCSP told nothing', async () => {
    const { asked, answer } = await pool({ [crl]: aCrl(root) });
    expect(asked.map(({ kind, url }) => [kind, url])).toEqual([
      ['ocsp', ocsp],
      ['crl', crl],
    ]);
    expect(answer.verdict.status).toBe('verified');
    expect(answer.newFacts).toHaveLength(1);
    expect(answer.newFacts[0]?.verdict.holdsUntil).toBeDefined();
  });

  it('refuses what is revoked', async () => {
    const { answer } = await pool({ [crl]: aCrl(root, { revoked: [{ serial: signer.serial }] }) });
    expect(answer.verdict).toMatchObject({ status: 'invalid', reason: 'cert-revoked' });
  });

  it('N65 claims nothing when nobody answers, and keeps no fact of it', async () => {
    const { answer } = await pool({});
    expect(answer.verdict).toMatchObject({
      status: 'inconclusive',
      reason: 'revocation-unknown',
      retryable: true,
    });
    expect(answer.newFacts).toEqual([]);
  });

  it('offline claims nothing, and says what level strict would do', async () => {
    const { answer } = await pool(undefined);
    expect(answer.verdict).toMatchObject({ status: 'inconclusive', reason: 'revocation-unknown' });
    expect(answer.verdict.detail).toContain('level strict refuses');
  });

  it('asks nothing about certificates that lead to no trust store', async () => {
    const asked: RevocationQuestion[] = [];
    verifier = createImageVerifier({
      worker: () => new Worker(workerUrl),
      size: 1,
      revocation: {
        ask: (questions) => {
          asked.push(...questions);
          return Promise.resolve(questions.map(answersFrom({})));
        },
      },
    });
    const stranger = await aRoot();
    for (const level of ['strict', 'audit'] as const) {
      const authorities = [notationAuthority([stranger.pem], { level })];
      await verifier.configure({ authorities, trustRoots: [] });
      const { verdict } = await verifier.verify(discovery, [], new Date());
      expect(verdict.status).toBe('untrusted');
    }
    await verifier.configure({ authorities: [], trustRoots: [] });
    await verifier.verify(discovery, [], new Date());
    expect(asked).toEqual([]);
  });
});
