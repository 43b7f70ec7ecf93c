import { readManifest } from '#lib/adapters/registry/manifest-body.ts';
import { OperationalError } from '#lib/errors.ts';
import { type Digest, digest } from '#lib/model/digest.ts';
import { limits } from '#lib/model/limits.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { TrustData } from '#lib/model/trust-data.ts';
import { judgeTrustData } from '#lib/verify/content-trust/judge-trust-data.ts';
import { openTrustData } from '#lib/verify/content-trust/open-trust-data.ts';
import { compileRootKeys } from '#lib/verify/content-trust/root-key-pin.ts';
import { readPem } from '#lib/verify/pem.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { canonicalJson, digestOf } from '#lib/verify/receipt/canonical-json.ts';
import { receiptOf, writeReceipt } from '#lib/verify/receipt/receipt.ts';
import { verifyReceipt } from '#lib/verify/receipt/verify-receipt.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  anEnvelope,
  aTarget,
  notationAuthority,
  notationDiscovery,
  notationEvidence,
} from '#tests/builders/notation.ts';
import { aRoot } from '#tests/builders/notation-pki.ts';
import { aDiscovery, bundleEvidence } from '#tests/builders/signing.ts';
import { aSigningWorld } from '#tests/builders/signing-world.ts';
import { aCollection, aRootKey, writeTrustData } from '#tests/builders/trust-data.ts';
import { mutateBytes, mutateLines } from './mutate-bytes.ts';
import { mutateCbor } from './mutate-cbor.ts';
import { mutateJson } from './mutate-json.ts';
import { changedInputs, type Target } from './target.ts';

const some = digest(`sha256:${'ab'.repeat(32)}`);
const other = digest(`sha256:${'cd'.repeat(32)}`);

/** Readers of manifests, Notation envelopes, PEM, trust data and receipts. */
export async function otherTargets(): Promise<readonly Target[]> {
  return [
    manifestTarget(),
    ...(await notationTargets()),
    await pemTarget(),
    await trustDataTarget(),
    await receiptTarget(),
  ];
}

function manifestTarget(): Target {
  const descriptor = { mediaType: mediaTypes.simpleSigning, digest: some, size: 7 };
  const annotations = { 'dev.cosignproject.cosign/signature': 'AAAA' };
  const seeds = [
    {
      schemaVersion: 2,
      config: descriptor,
      layers: [{ ...descriptor, annotations }],
      subject: descriptor,
    },
    {
      schemaVersion: 2,
      manifests: [{ ...descriptor, platform: { os: 'linux', architecture: 'arm64' } }],
    },
  ].map((json) => Buffer.from(JSON.stringify(json)));
  const types = [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.dockerManifest];
  return {
    name: 'manifest',
    inputs: changedInputs(seeds, mutateJson),
    read: (input) => {
      for (const type of types)
        try {
          readManifest(input, type, some, 'manifest');
        } catch (error) {
          // Adapters tell failures of the world by this one kind of error.
          if (!(error instanceof OperationalError)) throw error;
        }
      return undefined;
    },
  };
}

async function notationTargets(): Promise<readonly Target[]> {
  const [root, stranger] = [await aRoot(), await aRoot()];
  const signer = await root.issue();
  const elsewhere = aTarget('elsewhere');
  const ask = (ca: string, target: ReturnType<typeof aTarget>, identities: readonly string[]) => ({
    target,
    material: prepareMaterial({
      authorities: [notationAuthority([ca], { trustedIdentities: identities })],
      trustRoots: [],
    }),
  });
  const questions = [
    ask(root.pem, elsewhere, ['*']),
    ask(stranger.pem, aTarget(), ['*']),
    ask(root.pem, aTarget(), ['x509.subject: C=US, ST=WA, O=other']),
  ];
  const judged = (format: 'jws' | 'cose') => (input: Buffer) => {
    for (const { target, material } of questions) {
      const evidence = notationEvidence(input, format, target.digest);
      const { verdict } = verifyImage(
        notationDiscovery([evidence], target),
        material,
        [],
        new Date(),
      );
      if (verdict.status === 'verified') return `verified for ${target.digest}`;
      const [item] = verdict.evidence;
      if (item?.reason === 'verifier-crash') return JSON.stringify(item.checks);
    }
    return undefined;
  };
  const seeds = async (format: 'jws' | 'cose') => [
    Buffer.from(await anEnvelope(signer, { format })),
  ];
  return [
    {
      name: 'Notation JWS, judged',
      inputs: changedInputs(await seeds('jws'), mutateJson),
      read: judged('jws'),
    },
    {
      name: 'Notation COSE, judged',
      inputs: changedInputs(await seeds('cose'), mutateCbor),
      read: judged('cose'),
    },
  ];
}

async function pemTarget(): Promise<Target> {
  const root = await aRoot();
  const { pem } = await root.issue();
  return {
    name: 'PEM',
    inputs: changedInputs([Buffer.from(pem), Buffer.from(`${pem}${root.pem}`)], mutateLines),
    read: (input) => {
      const { blocks } = readPem(input.toString('latin1'), 'CERTIFICATE');
      return blocks.length > limits.certificates + 1 ? `${blocks.length} blocks` : undefined;
    },
  };
}

/** All files of a collection in one text; asked under another pin, and about a digest that it does not name. */
async function trustDataTarget(): Promise<Target> {
  const gun = 'registry.example/team/app';
  const plan = await aCollection(gun, { v1: { digest: some, length: 7 } });
  const { files, ...data } = writeTrustData(plan);
  const seed = Object.fromEntries(
    files.map(({ role, bytes }) => [role, Buffer.from(bytes).toString('base64')]),
  );
  const pin = (ids: readonly string[]) => {
    const isPinned = compileRootKeys(ids);
    if (isRefusal(isPinned)) throw new TypeError(isPinned.detail);
    return isPinned;
  };
  const questions = [
    { digest: some, isPinned: pin([(await aRootKey(gun)).canonicalId]) },
    { digest: other, isPinned: pin(plan.rootKeys.map(({ canonicalId }) => canonicalId)) },
  ];
  return {
    name: 'trust data (TUF), judged',
    inputs: changedInputs([Buffer.from(JSON.stringify(seed))], mutateJson),
    read: (input) => {
      const opened = openTrustData({ ...data, files: filesIn(input) });
      if (isRefusal(opened)) return undefined;
      const signed = questions.find(
        (question) =>
          judgeTrustData(opened, { ...question, tags: [], delegations: [], now: new Date() })
            .refusal === undefined,
      );
      return signed && `signed for ${signed.digest}`;
    },
  };
}

function filesIn(input: Buffer): TrustData['files'] {
  try {
    return Object.entries(JSON.parse(input.toString()) as object).map(([role, text]) => ({
      role,
      bytes: Buffer.from(String(text), 'base64'),
    }));
  } catch {
    return [{ role: 'root', bytes: input }];
  }
}

/** Changed, and closed again with a digest that fits: what a forger would do. */
async function receiptTarget(): Promise<Target> {
  const world = await aSigningWorld();
  const bundle = await world.bundle();
  const material = { authorities: [world.authority], trustRoots: [world.root] };
  const discovery = aDiscovery(world.image.digest, [bundleEvidence(world.image.digest, bundle)]);
  const judgedAt = new Date();
  const { verdict } = verifyImage(discovery, prepareMaterial(material), [], judgedAt, 'sample');
  const seed = Buffer.from(
    writeReceipt(receiptOf({ discovery, material, answers: [], verdict, judgedAt })),
  );
  const pinned = JSON.stringify(pinsIn(seed));
  return {
    name: 'receipt, judged',
    inputs: changedInputs([seed], (bytes, tape) => {
      const changed = mutateJson(bytes, tape);
      return tape.next(4) === 0 ? mutateBytes(changed, tape) : closed(changed);
    }),
    read: (input) => {
      const outcome = verifyReceipt(input, new Date());
      const isForged =
        outcome.outcome === 'as-recorded' &&
        outcome.receipt.verdict.status === 'verified' &&
        outcome.receipt.verdict.digest !== world.image.digest &&
        JSON.stringify(outcome.pins) === pinned;
      return isForged ? 'a receipt about another image' : undefined;
    },
  };
}

function pinsIn(receipt: Buffer) {
  const outcome = verifyReceipt(receipt, new Date());
  if (outcome.outcome !== 'as-recorded') throw new TypeError(`the seed is ${outcome.outcome}`);
  return outcome.pins;
}

function closed(bytes: Buffer): Buffer {
  try {
    const { digest: _, ...json } = JSON.parse(bytes.toString()) as { digest?: Digest };
    const whole = { ...json, digest: digestOf(canonicalJson(json)) };
    return Buffer.from(`${canonicalJson(whole)}\n`);
  } catch {
    return bytes;
  }
}
