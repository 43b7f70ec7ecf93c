import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Authority, TextRule, TrustRoot } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import type { CosignAnnotations } from '#lib/model/evidence.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { sha256, spkiOf } from '#lib/verify/fingerprint.ts';
import { readPem } from '#lib/verify/pem.ts';
import { verifyEvidence } from '#lib/verify/verify-evidence.ts';
import type { Case } from './cases.ts';
import {
  aboutCase,
  aRoot,
  caseDay,
  marked,
  notApplicable,
  type Outcome,
  outcomeOf,
} from './outcome.ts';

/** Signatures of a case, out of their registry. */
export const Normalized = z.object({
  signatures: z.array(
    z.object({ payload: z.string(), annotations: z.record(z.string(), z.string()).nullish() }),
  ),
});

/** Judges a case in the annotation layout: one good signature is enough, as for an image. */
export function judgeLegacy(folder: string, one: Case): Outcome {
  const read = (name: unknown) => readFileSync(path.join(folder, String(name)));
  const { artifactDigest, requiredKeys = [], signatureThreshold = 1 } = one.options;
  if (artifactDigest === undefined)
    // Without a readable manifest there is no digest, and so nothing that could be verified.
    return {
      ...aboutCase(one),
      verified: false,
      result: one.expected === 'fail' ? 'agreed' : 'disagreed',
      why: 'no digest to verify',
      refusals: [],
    };
  if (requiredKeys.length > 1 || signatureThreshold > 1)
    return notApplicable(one, 'several-signers');
  const { signatures } = Normalized.parse(JSON.parse(read(one.inputs['normalized']).toString()));
  const { authority, root } = setting(one, read);
  const verdicts = signatures.map(({ payload, annotations }): EvidenceVerdict => {
    const bytes = Buffer.from(payload, 'base64');
    const id = digest(`sha256:${sha256(bytes).toString('hex')}`);
    return verifyEvidence(
      digest(artifactDigest),
      {
        kind: 'cosign-signature',
        id,
        subject: digest(artifactDigest),
        sources: [],
        payload: bytes,
        annotations: annotationsOf(annotations ?? {}),
      },
      authority,
      root,
      caseDay,
    );
  });
  const good = verdicts.filter(({ status }) => status === 'verified');
  return outcomeOf(one, good.length > 0 ? good.slice(0, 1) : verdicts);
}

/** The annotations of cosign under the names of ours. */
export function annotationsOf(annotations: Readonly<Record<string, string>>): CosignAnnotations {
  const names = {
    signature: 'dev.cosignproject.cosign/signature',
    certificate: 'dev.sigstore.cosign/certificate',
    chain: 'dev.sigstore.cosign/chain',
    rekorBundle: 'dev.sigstore.cosign/bundle',
    timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
  };
  return Object.fromEntries(
    Object.entries(names).flatMap(([field, name]) =>
      annotations[name] === undefined ? [] : [[field, annotations[name]]],
    ),
  );
}

function setting(
  one: Case,
  read: (name: unknown) => Buffer,
): { authority: Authority; root: TrustRoot | undefined } {
  const { options, inputs } = one;
  const root = inputs['rekorKey'] === undefined ? undefined : aRoot(rootOf(one, read));
  const common = {
    name: 'case',
    source: { kind: 'command-line' },
    images: ['**'],
    tlog: options.tlogThreshold === 0 ? 'ignored' : 'required',
    ...((options.tlogThreshold ?? 1) > 1 && { atLeast: { logs: options.tlogThreshold ?? 1 } }),
    ...referenceOf(options),
  } as const;
  const keyFiles = keysOf(one);
  if (keyFiles.length > 0)
    return {
      root,
      authority: marked({
        ...common,
        kind: 'key',
        keys: keyFiles.map((file) => ({ pem: read(file).toString() })),
        ...(root && { trustRoot: root.name }),
      }),
    };
  const exact = (value: string) => ({ kind: 'exact', value }) as const;
  const { identity: name, identityRegex: searched, issuer } = options;
  const identity = {
    subject:
      name === undefined && searched !== undefined
        ? ({ kind: 'pattern', pattern: `(?s).*(?:${searched}).*` } as const)
        : exact(name ?? ''),
    issuer: exact(issuer ?? ''),
  };
  return {
    root,
    authority: marked({
      ...common,
      kind: 'keyless',
      identities: [identity],
      trustRoot: root?.name ?? '',
      sct: options.ctlogThreshold === 0 ? 'ignored' : 'required',
    }),
  };
}

/** The reference that the claim must name, where the case asks for one. */
export function referenceOf({ imageReference, signedIdentity }: Case['options']): {
  readonly reference?: TextRule;
} {
  if (imageReference === undefined) return {};
  const isExact =
    signedIdentity === 'matchExact' ||
    (signedIdentity === 'matchRepoDigestOrExact' && !imageReference.includes('@'));
  if (isExact) return { reference: { kind: 'exact', value: imageReference } };
  const repository = imageReference.replace(/(?::[^/:@]+)?(?:@.*)?$/, '');
  const literal = repository.replace(/[^A-Za-z0-9/]/g, '\\$&');
  return { reference: { kind: 'pattern', pattern: `${literal}(?::[^/@]+)?(?:@.+)?` } };
}

/** The keys of the case; where some are required, those only. */
function keysOf({ inputs, options }: Case): readonly string[] {
  if (typeof inputs['key'] === 'string') return [inputs['key']];
  const keys = z.array(z.string()).default([]).parse(inputs['keys']);
  const required = options.requiredKeys ?? [];
  if (required.length === 0) return keys;
  return keys.filter((file) => required.some((name) => path.basename(file).startsWith(name)));
}

/** A trusted root of a log key and, for keyless cases, authorities. */
function rootOf({ inputs }: Case, read: (name: unknown) => Buffer): string {
  const rekor = spkiOf(createPublicKey(read(inputs['rekorKey'])));
  const validFor = { start: '2000-01-01T00:00:00Z' };
  const ca = inputs['fulcioRoot'] === undefined ? [] : certificatesIn(read(inputs['fulcioRoot']));
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      {
        baseUrl: 'https://rekor.sigstore.dev',
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes: rekor.toString('base64'),
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor,
        },
        logId: { keyId: sha256(rekor).toString('base64') },
      },
    ],
    certificateAuthorities:
      ca.length === 0
        ? []
        : [{ uri: 'https://fulcio.sigstore.dev', certChain: { certificates: ca }, validFor }],
  });
}

const certificatesIn = (pem: Buffer) =>
  readPem(pem.toString(), 'CERTIFICATE').blocks.map((der) => ({
    rawBytes: new X509Certificate(der).raw.toString('base64'),
  }));
