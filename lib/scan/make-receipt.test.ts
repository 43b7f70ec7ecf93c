import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import type { RegistryClient } from '#lib/adapters/registry/registry-reader.ts';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import type { ImageVerifier, VerifierMaterial } from '#lib/ports/verifier.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { writeReceipt } from '#lib/verify/receipt/receipt.ts';
import { verifyReceipt } from '#lib/verify/receipt/verify-receipt.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { aSigner, attachSignature, openReader, pushImage } from '#tests/builders/registry.ts';
import { keyAuthority } from '#tests/builders/signing.ts';
import { makeReceipt } from './make-receipt.ts';

let lab: LabRegistry;
let reader: RegistryClient;
let http: GuardedClient;
let image: Subject;
const signer = aSigner();
const material: VerifierMaterial = {
  authorities: [
    keyAuthority(
      signer.authority.kind === 'key' ? signer.authority.keys.map(({ pem }) => pem) : [],
    ),
  ],
  trustRoots: [],
};

beforeAll(async () => {
  lab = await startLabRegistry({ name: 'registry.example', referrersApi: true, auth: 'none' });
  ({ reader, http } = openReader([{ host: lab.name, endpoint: lab.url }]));
  image = pushImage(lab, 'team/app');
  attachSignature(lab, image, signer);
});
afterAll(() => Promise.all([http.close(), lab.close()]));

/** The verifier without its threads. */
const verifier: ImageVerifier = {
  configure: async () => undefined,
  verify: async (discovery, known, now) =>
    verifyImage(discovery, prepareMaterial(material), known, now, 'sample'),
  close: async () => undefined,
};
const made = async (subject: Subject) => {
  const deps = {
    registry: reader,
    verifier,
    elsewhere: [],
    now: () => new Date(),
    log: pino({ level: 'silent' }),
  };
  const trust = { ensure: async () => ({ revision: 'r', material, problems: [] }) };
  return Buffer.from(writeReceipt(await makeReceipt(deps, trust, subject)));
};

describe('a receipt that the server makes', () => {
  it('lets the verdict of a fresh look be found again', async () => {
    expect(verifyReceipt(await made(image), new Date())).toMatchObject({
      outcome: 'as-recorded',
      receipt: { verdict: { status: 'verified', digest: image.digest } },
    });
  });

  it('says what could not be looked at, and claims nothing', async () => {
    lab.setFault({ repository: 'team/app' }, { kind: 'forbidden' });
    expect(verifyReceipt(await made(image), new Date())).toMatchObject({
      outcome: 'as-recorded',
      receipt: { verdict: { status: 'inconclusive', reason: 'registry-forbidden' } },
    });
  });
});
