import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import {
  predicateTypes,
  slsaProvenance,
  spdxDocument,
  statementAbout,
} from '#lib/lab/signing/statements.ts';
import type { Authority } from '#lib/model/authority.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { CosignAnnotations, Evidence } from '#lib/model/evidence.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import { artifactOfImage } from '#lib/verify/artifact.ts';
import { parseEnvelope } from '#lib/verify/envelope.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { readBundle } from '#lib/verify/read-bundle.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { readCheckpoint } from '#lib/verify/rekor/checkpoint.ts';
import { readEntryBody } from '#lib/verify/rekor/entry-body.ts';
import { readRekorAnnotation } from '#lib/verify/rekor-entry.ts';
import { checkSimpleSigning } from '#lib/verify/simple-signing.ts';
import { checkStatement } from '#lib/verify/statement.ts';
import { loadTrustRoot } from '#lib/verify/trusted-root.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  anImage,
  bundleEvidence,
  digestOf,
  exactly,
  keyAuthority,
  keylessAuthority,
  layerEvidence,
} from '#tests/builders/signing.ts';
import { aSigningWorld, type SigningWorld } from '#tests/builders/signing-world.ts';
import { mutateBytes, mutateLines } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import type { Tape } from './tape.ts';
import { changedInputs, type Target } from './target.ts';

/** Mostly by its structure, now and then by its bytes. */
const json = (bytes: Buffer, tape: Tape): Buffer =>
  tape.next(8) === 0 ? mutateBytes(bytes, tape) : mutateJson(bytes, tape);

const stranger = { subject: 'https://github.com/other/app', issuer: 'https://issuer.example' };

/** Readers of what Sigstore clients write, and the whole way from it to a verdict. */
export async function sigstoreTargets(): Promise<readonly Target[]> {
  const world = await aSigningWorld();
  const key = generateKeyPair();
  const byKey = { kind: 'key', key, tlog: true } as const;
  const bundles = [
    await world.bundle('rekor-1'),
    await world.bundle('rekor-2'),
    await world.bundle('none', { kind: 'key', key, tlog: false }),
    await world.bundle('rekor-1', byKey),
  ].map(({ bytes }) => Buffer.from(bytes));
  const layers = [await world.layer(), await world.layer(byKey)];
  const judges = judgesOf(world);
  return [
    ...contentTargets(world, bundles),
    ...logTargets(
      bundles,
      layers.map(({ annotations }) => Buffer.from(annotations['dev.sigstore.cosign/bundle'] ?? '')),
    ),
    {
      name: 'bundle, judged',
      inputs: changedInputs(bundles, json),
      read: (input) =>
        judges.verified({
          ...bundleEvidence(world.image.digest, { bytes: input, mediaType: '' }),
          id: digestOf(input),
        }),
    },
    {
      name: 'legacy layer, judged',
      inputs: changedInputs(layers.map(legacyText), json),
      read: (input) => {
        const evidence = legacyEvidence(world.image.digest, input);
        return evidence && judges.verified(evidence);
      },
    },
    {
      name: 'trusted root',
      inputs: changedInputs([Buffer.from(world.root.json)], json),
      read: (input) => {
        loadTrustRoot({ ...world.root, json: input.toString('utf8') });
        return undefined;
      },
    },
  ];
}

/** Judged for the image that was signed by authorities of strangers, and for another image by its own. */
function judgesOf({ image, identity, root, authority }: SigningWorld) {
  const other = anImage('other').digest;
  const prepared = (one: Authority) => prepareMaterial({ authorities: [one], trustRoots: [root] });
  const questions = [
    { subject: other, material: prepared(authority) },
    { subject: image.digest, material: prepared(keylessAuthority([exactly(stranger)])) },
    {
      subject: image.digest,
      material: prepared(keylessAuthority([exactly({ ...stranger, subject: identity.subject })])),
    },
    { subject: image.digest, material: prepared(keyAuthority([generateKeyPair().publicPem])) },
  ];
  return {
    verified(evidence: Evidence): string | undefined {
      for (const { subject, material } of questions) {
        const discovery = {
          subject,
          registry: 'registry.example',
          repository: 'app',
          evidence: [evidence],
          places: [],
          complete: true,
          warnings: [],
        };
        const { verdict } = verifyImage(discovery, material, [], new Date(), 'sample');
        // Neither the image nor the item: both are shown.
        if ([verdict, ...verdict.evidence].some(({ status }) => status === 'verified'))
          return `verified for ${subject} under ${material.authorities[0]?.authority.name}`;
      }
      return undefined;
    },
  };
}

function contentTargets({ image }: SigningWorld, bundles: readonly Buffer[]): readonly Target[] {
  const claim = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': image.name },
        image: { 'docker-manifest-digest': image.digest },
        type: 'cosign container image signature',
      },
      optional: { build: '7' },
    }),
  );
  const statements = [
    statementAbout(image, predicateTypes.cosignSign, {}),
    statementAbout(image, predicateTypes.slsaProvenance, slsaProvenance('https://a.example', 'x')),
    statementAbout(image, 'https://spdx.dev/Document', spdxDocument('x', ['a', 'b'])),
  ].map((bytes) => Buffer.from(bytes));
  const envelopes = bundles.map((bundle) =>
    Buffer.from(JSON.stringify(JSON.parse(bundle.toString()).dsseEnvelope)),
  );
  const [wanted, other] = [image.digest, anImage('other').digest];
  return [
    {
      name: 'simple signing',
      inputs: changedInputs([claim], json),
      read: (input) => {
        checkSimpleSigning(input, wanted);
        const accepted = !isRefusal(checkSimpleSigning(input, other));
        return accepted && !input.includes(other) ? 'a claim about another image' : undefined;
      },
    },
    {
      name: 'bundle',
      inputs: changedInputs(bundles, json),
      read: (input) => {
        readBundle(input);
        return undefined;
      },
    },
    {
      name: 'DSSE envelope',
      inputs: changedInputs(envelopes, json),
      read: (input) => {
        parseEnvelope(input);
        return undefined;
      },
    },
    {
      name: 'in-toto statement',
      inputs: changedInputs(statements, json),
      read: (payload) => {
        const about = (digest: Digest) =>
          checkStatement(
            { payloadType: mediaTypes.inToto, payload, signatures: [] },
            artifactOfImage(digest).digests,
          );
        about(wanted);
        return isRefusal(about(other)) ? undefined : 'a statement about another image';
      },
    },
  ];
}

function logTargets(bundles: readonly Buffer[], annotations: readonly Buffer[]): readonly Target[] {
  const entries = bundles.flatMap((bundle) => {
    const [entry] = JSON.parse(bundle.toString()).verificationMaterial.tlogEntries ?? [];
    return entry ? [entry] : [];
  });
  const kinds = entries.map(({ kindVersion }) => kindVersion);
  return [
    {
      name: 'Rekor entry body',
      inputs: changedInputs(
        entries.map(({ canonicalizedBody }) => Buffer.from(canonicalizedBody, 'base64')),
        json,
      ),
      read: (body) => {
        for (const { kind, version } of kinds)
          readEntryBody({
            body,
            kind,
            version,
            bodyText: '',
            logId: '',
            logIndex: '0',
            integratedTime: '0',
          });
        return undefined;
      },
    },
    {
      name: 'Rekor annotation',
      inputs: changedInputs(annotations, json),
      read: (input) => {
        readRekorAnnotation(input.toString('utf8'));
        return undefined;
      },
    },
    {
      name: 'checkpoint',
      inputs: changedInputs(
        entries.flatMap(({ inclusionProof }) =>
          inclusionProof ? [Buffer.from(inclusionProof.checkpoint.envelope)] : [],
        ),
        mutateLines,
      ),
      read: (input) => {
        readCheckpoint(input.toString('utf8'));
        return undefined;
      },
    },
  ];
}

type Layer = Awaited<ReturnType<SigningWorld['layer']>>;

/** A layer as one text, so that its annotations can be changed too. */
const legacyText = ({ blob, annotations }: Layer): Buffer =>
  Buffer.from(JSON.stringify({ blob: Buffer.from(blob).toString('base64'), annotations }));

function legacyEvidence(digest: Digest, input: Buffer): Evidence | undefined {
  try {
    const { blob, annotations } = JSON.parse(input.toString('utf8'));
    if (typeof blob !== 'string' || typeof annotations !== 'object') return undefined;
    const texts: Record<string, string> = {};
    for (const [name, value] of Object.entries(annotations ?? {}))
      if (typeof value === 'string') texts[name] = value;
    const layer = {
      blob: Buffer.from(blob, 'base64'),
      annotations: texts as CosignAnnotations & Layer['annotations'],
      mediaType: mediaTypes.simpleSigning,
    };
    return { ...layerEvidence(digest, layer), id: digestOf(input) };
  } catch {
    return undefined;
  }
}
