import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decode, encode, Tagged } from 'cborg';
import { z } from 'zod';
import { digest } from '#lib/model/digest.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import {
  notationLevels,
  readNotationPolicy,
  type TrustStoreType,
  trustStoreTypes,
} from '#lib/model/notation-policy.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { readNotationEnvelope } from '#lib/verify/notation/read-envelope.ts';
import { readPayload } from '#lib/verify/notation/read-payload.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import type { Case } from './cases.ts';
import {
  aboutCase,
  caseDay,
  notApplicable,
  type Outcome,
  refusalsOf,
  refusalText,
} from './outcome.ts';

const Files = z.array(z.string());
const Inputs = z.object({
  envelope: z.string().optional(),
  envelopes: Files.optional(),
  vector: z.string().optional(),
  manifest: z.string().optional(),
  ociLayout: z.string().optional(),
  trustPolicy: z.string().optional(),
  trustStore: z
    .partialRecord(z.enum(trustStoreTypes), z.union([Files, z.record(z.string(), Files)]))
    .default({}),
});
type Inputs = z.infer<typeof Inputs>;

/** The repository that cases are about when they do not say. */
const anyScope = 'registry.example/case';

/**
 * Judges a case of the Notary Project. The peers' answer is what their trust policy lets pass; ours
 * "passes" when every failed check is one that the level only logs. Whether we call it verified is
 * another question, and never where the signer is unproven.
 */
export function judgeNotation(folder: string, one: Case): Outcome {
  const inputs = Inputs.parse(one.inputs);
  if (one.expected === 'parse-ok' || one.expected === 'reject')
    return outcomeOfReading(one, readingOf(folder, inputs, one.kind));
  const verdicts = judged(folder, inputs, one);
  if (typeof verdicts === 'string') {
    const result = one.expected === 'fail' ? 'agreed' : 'disagreed';
    return { ...aboutCase(one), verified: false, result, why: verdicts, refusals: [] };
  }
  if (verdicts.length > 0 && verdicts.every(({ reason }) => reason === 'policy-skips'))
    return notApplicable(one, 'skip-level');
  const { check } = one.options;
  const passes = verdicts.some(check === undefined ? letsPass : timestampHolds);
  return {
    ...aboutCase(one),
    verified: check === undefined && verdicts.some(({ status }) => status === 'verified'),
    result: passes === (one.expected === 'pass') ? 'agreed' : 'disagreed',
    why: verdicts
      .map(({ status, checks }) => [status, ...checks.flatMap(failureText)].join(': '))
      .join('; '),
    refusals: refusalsOf(verdicts),
  };
}

const outcomeOfReading = (one: Case, why: Refusal | undefined): Outcome => ({
  ...aboutCase(one),
  verified: false,
  result: (why === undefined) === (one.expected === 'parse-ok') ? 'agreed' : 'disagreed',
  why: why ? refusalText(why) : 'read',
  refusals: why ? [why] : [],
});

const failureText = ({ outcome, logged, reason, detail }: EvidenceVerdict['checks'][number]) =>
  outcome === 'failed' ? [`${logged ? 'logged ' : ''}${reason} (${detail})`] : [];

const letsPass = ({ status, checks }: EvidenceVerdict): boolean =>
  status === 'verified' || checks.every(({ outcome, logged }) => outcome !== 'failed' || logged);

/** Nobody can be asked about revocation here; what their test answers for the authority, ours leaves open. */
const timestampHolds = ({ checks }: EvidenceVerdict): boolean =>
  checks.some(
    ({ id, outcome, reason }) =>
      id === 'timestamp' && (outcome === 'passed' || reason === 'revocation-unknown'),
  );

/** The verdicts about the envelopes of a case, or why its policy cannot be used. */
function judged(folder: string, inputs: Inputs, one: Case): readonly EvidenceVerdict[] | string {
  const authorities = authoritiesOf(folder, inputs, one);
  if (typeof authorities === 'string') return authorities;
  const envelopes = (inputs.envelopes ?? [inputs.envelope ?? []].flat()).map((name) =>
    readFileSync(path.join(folder, name)),
  );
  const mediaType = typeOfKind(one.kind);
  const [first] = envelopes;
  if (first === undefined) return 'there is no signature';
  const claimed = targetIn(mediaType, first);
  const subject = digest(one.options.artifactDigest ?? claimed?.digest ?? '');
  const descriptor = servedIn(folder, inputs, subject) ?? claimed;
  const evidence = envelopes.map((envelope): Evidence => {
    const id = digest(`sha256:${sha256(envelope).toString('hex')}`);
    return { kind: 'notation', id, subject, sources: [], mediaType, envelope };
  });
  const [registry, ...rest] = (one.options.scope ?? anyScope).split('/');
  const discovery = {
    subject,
    registry: registry ?? '',
    repository: rest.join('/'),
    evidence,
    places: [],
    complete: true,
    warnings: [],
    ...(descriptor && { subjectDescriptor: descriptor }),
  };
  const material = prepareMaterial({ authorities, trustRoots: [] });
  return verifyImage(discovery, material, [], caseDay).verdict.evidence;
}

function authoritiesOf(folder: string, inputs: Inputs, { options }: Case) {
  const statements = inputs.trustPolicy
    ? readNotationPolicy(readFileSync(path.join(folder, inputs.trustPolicy), 'utf8'))
    : ({
        ok: true,
        statements: [
          {
            name: 'case',
            registryScopes: ['*'],
            level: levelOf(options),
            enforcement: notationLevels[levelOf(options)],
            verifyTimestamp: options.verifyTimestamp ?? 'always',
            trustedIdentities: options.trustedIdentities ?? ['*'],
            trustStores: trustStoreTypes.map((type) => ({ type, name: '' })),
          },
        ],
      } as const);
  if (!statements.ok) return statements.problems.join('; ');
  return statements.statements.map(({ registryScopes, trustStores, ...statement }) => {
    const texts = (type: TrustStoreType) =>
      trustStores
        .filter((store) => store.type === type)
        .flatMap(({ name }) => certificatesIn(folder, inputs.trustStore[type], name));
    const authority = {
      ...statement,
      kind: 'notation',
      source: { kind: 'command-line' },
      images: ['**'],
      scopes: registryScopes,
      scopesElsewhere: statements.statements
        .flatMap((other) => other.registryScopes)
        .filter((scope) => scope !== '*' && !registryScopes.some((own) => own === scope)),
      trustStores: {
        ca: texts('ca'),
        signingAuthority: texts('signingAuthority'),
        tsa: texts('tsa'),
      },
    } as const;
    return { ...authority, fingerprint: authorityFingerprint(authority) };
  });
}

/** A case about one check is judged at the level that stops at none. */
const levelOf = ({ check, verificationLevel }: Case['options']) =>
  check === undefined ? (verificationLevel ?? 'strict') : 'audit';

function certificatesIn(
  folder: string,
  stores: Inputs['trustStore'][TrustStoreType],
  name: string,
): readonly string[] {
  const files = Array.isArray(stores) ? stores : (stores?.[name] ?? []);
  return files.map((file) => {
    const bytes = readFileSync(path.join(folder, file));
    const text = bytes.toString('latin1');
    return text.includes('-----BEGIN') ? text : pemOf(bytes);
  });
}

const pemOf = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;

const typeOfKind = (kind: string): string =>
  kind === 'notation-cose' ? 'application/cose' : 'application/jose+json';

/** What the envelope says to be about: the descriptor of cases that bring no manifest along. */
function targetIn(mediaType: string, bytes: Uint8Array) {
  const envelope = readNotationEnvelope(mediaType, bytes);
  const claim = isRefusal(envelope) ? envelope : readPayload(envelope);
  return isRefusal(claim) ? undefined : claim.target;
}

/** The manifest that is signed, where the case has it. */
function servedIn(folder: string, { manifest, ociLayout }: Inputs, subject: string) {
  const file = ociLayout
    ? path.join(folder, ociLayout, 'blobs', subject.replace(':', '/'))
    : path.join(folder, manifest ?? 'none');
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  if (`sha256:${sha256(bytes).toString('hex')}` !== subject) return undefined;
  const { mediaType } = z.object({ mediaType: z.string() }).parse(JSON.parse(bytes.toString()));
  return { mediaType, size: bytes.length };
}

/** Why an envelope cannot be read; undefined when it can. */
function readingOf(folder: string, inputs: Inputs, kind: string): Refusal | undefined {
  const bytes = readFileSync(path.join(folder, inputs.envelope ?? inputs.vector ?? ''));
  const whole = withCertificate(bytes, inputs.vector !== undefined);
  const envelope = readNotationEnvelope(typeOfKind(kind), whole);
  return isRefusal(envelope) ? envelope : undefined;
}

/** Vectors come without certificates; their own tests add them, and so does this. */
function withCertificate(bytes: Buffer, isVector: boolean): Uint8Array {
  if (isVector) {
    const { expectedOutput } = JSON.parse(bytes.toString());
    const tags = { tags: { ...Tagged.preserve(1, 18) }, useMaps: true };
    const message = decode(Buffer.from(expectedOutput.cborHex, 'hex'), tags) as Tagged;
    (message.value as [unknown, Map<unknown, unknown>])[1].set(33, [Buffer.from('certificate')]);
    return encode(message);
  }
  if (bytes[0] !== 0x7b) return bytes;
  const json = parsed(bytes);
  if (json?.header === undefined || json.header.x5c !== undefined) return bytes;
  const header = { ...json.header, x5c: [Buffer.from('certificate').toString('base64')] };
  return Buffer.from(JSON.stringify({ ...json, header }));
}

function parsed(bytes: Buffer): { header?: { x5c?: unknown } } | undefined {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
