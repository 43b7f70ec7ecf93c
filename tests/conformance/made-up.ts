import { createPublicKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { aCertificate } from '#tests/builders/certificate.ts';
import type { Case } from './cases.ts';
import { type CaseRefusal, type Outcome, refusalText } from './outcome.ts';

/** An accepted case with one thing changed, and how it must be refused then. */
export interface MadeUp {
  readonly what: string;
  readonly case: Case;
  readonly wanted: readonly (readonly [CaseRefusal['status'], readonly ReasonCode[]])[];
}

/** Files of other signers and other artifacts, made anew for every run. */
export interface Strangers {
  readonly artifact: string;
  readonly artifactDigest: string;
  readonly key: string;
  readonly rootKey: string;
  readonly certificate: string;
  /** A changed copy of a file of the case. */
  readonly changed: (file: string, change: (text: string) => string) => string;
  readonly remove: () => void;
}

/** Paths are relative to the folder of the cases, as those of cases are. */
export async function createStrangers(folder: string): Promise<Strangers> {
  const home = mkdtempSync(path.join(tmpdir(), 'sealwatch-cases-'));
  const put = (name: string, content: string | Buffer): string => {
    const file = path.join(home, name);
    writeFileSync(file, content);
    return path.relative(folder, file);
  };
  const artifact = randomBytes(64);
  const { certificate } = await aCertificate('nobody.example');
  const publicKey = createPublicKey(certificate).export({ type: 'spki', format: 'pem' });
  return {
    artifact: put('artifact', artifact),
    artifactDigest: `sha256:${sha256(artifact).toString('hex')}`,
    key: put('key.pem', publicKey),
    rootKey: put('root-key.pem', publicKey),
    certificate: put('certificate.pem', certificate),
    changed: (file, change) =>
      put(
        `${randomBytes(8).toString('hex')}.json`,
        change(readFileSync(path.join(folder, file), 'utf8')),
      ),
    remove: () => rmSync(home, { recursive: true }),
  };
}

const aboutAnother = [
  [
    'invalid',
    ['claim-digest', 'subject-mismatch', 'signature-bad', 'tlog-body', 'notation-target'],
  ],
] as const satisfies MadeUp['wanted'];
const otherKey = [['invalid', ['signature-bad']]] as const satisfies MadeUp['wanted'];
const otherIdentity = [['untrusted', ['identity-mismatch']]] as const satisfies MadeUp['wanted'];

/** Three made-up refusals of an accepted case: another signer in two ways, and another artifact. */
export function madeUpOf(one: Case, strangers: Strangers): readonly MadeUp[] {
  const made = (
    what: string,
    change: { readonly options?: Partial<Case['options']>; readonly inputs?: Case['inputs'] },
    wanted: MadeUp['wanted'],
  ): MadeUp => ({
    what,
    wanted,
    case: {
      ...one,
      id: `${one.id}: ${what}`,
      expected: 'fail',
      options: { ...one.options, ...change.options },
      inputs: { ...one.inputs, ...change.inputs },
    },
  });
  switch (one.kind) {
    case 'sigstore-bundle':
    case 'cosign-legacy':
      return [...otherSigners(one, strangers, made), otherArtifact(one, strangers, made)];
    case 'notation-jws':
    case 'notation-cose':
      return notationRefusals(one, strangers, made);
    case 'dct-trust-data':
      return contentTrustRefusals(strangers, made);
    case 'rfc3161-token':
      return [
        made('another root', { inputs: { root: strangers.certificate } }, [
          ['untrusted', ['tsa-untrusted']],
        ]),
        made('another message', { inputs: { message: 'notatiom' } }, [['invalid', ['tsa-bad']]]),
      ];
    default:
      return [];
  }
}

type Make = (
  what: string,
  change: { readonly options?: Partial<Case['options']>; readonly inputs?: Case['inputs'] },
  wanted: MadeUp['wanted'],
) => MadeUp;

function otherSigners({ inputs, options }: Case, strangers: Strangers, made: Make): MadeUp[] {
  if (inputs['key'] !== undefined)
    return [made('another key', { inputs: { key: strangers.key } }, otherKey)];
  if (inputs['keys'] !== undefined)
    return [
      made(
        'another key',
        { inputs: { keys: [strangers.key] }, options: { requiredKeys: [] } },
        otherKey,
      ),
    ];
  if (inputs['caRoots'] !== undefined)
    return [
      made('a longer e-mail', { options: { subjectEmail: `${options.subjectEmail}x` } }, [
        ...otherIdentity,
      ]),
      made('another root', { inputs: { caRoots: strangers.certificate } }, [
        ['untrusted', ['cert-untrusted-root']],
      ]),
    ];
  return [
    made('another issuer', { options: { issuer: 'https://issuer.example' } }, [
      ['untrusted', ['issuer-mismatch']],
    ]),
    made(
      'an identity that is longer by one character',
      { options: { identity: `${options.identity ?? 'nobody'}x` } },
      otherIdentity,
    ),
  ];
}

const otherArtifact = (
  { inputs }: Case,
  { artifact, artifactDigest }: Strangers,
  made: Make,
): MadeUp =>
  made(
    'another digest',
    {
      options: { artifactDigest },
      ...(inputs['artifact'] !== undefined && { inputs: { artifact } }),
    },
    aboutAnother,
  );

function notationRefusals(
  { inputs }: Case,
  { certificate, artifactDigest, changed }: Strangers,
  made: Make,
): readonly MadeUp[] {
  const nobody = ['x509.subject: C=US, ST=WA, O=nobody.example'];
  const policy = inputs['trustPolicy'];
  const stores = inputs['trustStore'] as Record<string, unknown> | undefined;
  const replaced = (files: unknown): unknown =>
    Array.isArray(files)
      ? [certificate]
      : Object.fromEntries(Object.keys(files as object).map((name) => [name, [certificate]]));
  const trustStore = Object.fromEntries(
    Object.entries(stores ?? {}).map(([type, files]) => [type, replaced(files)]),
  );
  const identity =
    typeof policy === 'string'
      ? { inputs: { trustPolicy: changed(policy, (text) => withIdentities(text, nobody)) } }
      : { options: { trustedIdentities: nobody } };
  return [
    made('another trust store', { inputs: { trustStore } }, [
      ['untrusted', ['cert-untrusted-root']],
    ]),
    made('another identity', identity, otherIdentity),
    made('another digest', { options: { artifactDigest } }, aboutAnother),
  ];
}

function withIdentities(text: string, trustedIdentities: readonly string[]): string {
  const policy = JSON.parse(text) as { trustPolicies: object[] };
  const trustPolicies = policy.trustPolicies.map((one) => ({ ...one, trustedIdentities }));
  return JSON.stringify({ ...policy, trustPolicies });
}

const contentTrustRefusals = (
  { artifactDigest, rootKey }: Strangers,
  made: Make,
): readonly MadeUp[] => [
  made('another root key', { inputs: { rootKey } }, [['untrusted', ['key-not-trusted']]]),
  made('another delegation', { options: { delegations: ['targets/nobody'] } }, [
    ['untrusted', ['role-not-trusted']],
  ]),
  made('another digest', { options: { resolvedDigest: artifactDigest } }, [
    ['invalid', ['claim-digest']],
    ['untrusted', ['tag-not-signed']],
  ]),
];

/** What is wrong with the refusal of a made-up case; undefined when it is the right one. */
export function wrongRefusal({ wanted }: MadeUp, outcome: Outcome): string | undefined {
  if (outcome.verified) return 'it was verified';
  const right = outcome.refusals.some(({ status, reason }) =>
    wanted.some(([state, codes]) => state === status && codes.includes(reason)),
  );
  return right ? undefined : (outcome.refusals.map(refusalText)[0] ?? outcome.why);
}
