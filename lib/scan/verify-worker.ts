import { parentPort } from 'node:worker_threads';
import type { Discovery } from '#lib/model/evidence.ts';
import type { RevocationAnswer } from '#lib/model/revocation.ts';
import type { Fact, VerifierMaterial } from '#lib/ports/verifier.ts';
import { type PreparedMaterial, prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifierVersion } from '#lib/verify/verifier-version.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';

/** Messages to the worker; each is answered once, with its `id`. */
type Asked =
  | { readonly id: number; readonly kind: 'configure'; readonly material: VerifierMaterial }
  | {
      readonly id: number;
      readonly kind: 'verify';
      readonly discovery: Discovery;
      readonly known: readonly Fact[];
      readonly now: Date;
      readonly answers?: readonly RevocationAnswer[];
    };

/**
 * Entry of a verifier thread. It says `ready` with its version, then answers one message at a time.
 * A throw out of here is the end of the thread: the pool replaces it and gives up on that one image.
 */
let material: PreparedMaterial = prepareMaterial({ authorities: [], trustRoots: [] });

const answer = (asked: Asked): unknown => {
  if (asked.kind === 'verify')
    return verifyImage(asked.discovery, material, asked.known, asked.now, 'sample', asked.answers);
  material = prepareMaterial(asked.material);
  return undefined;
};

parentPort?.on('message', (asked: Asked) => {
  parentPort?.postMessage({ id: asked.id, answer: answer(asked) });
});
parentPort?.postMessage({ ready: true, verifierVersion });
