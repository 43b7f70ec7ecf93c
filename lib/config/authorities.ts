import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import type {
  Authority,
  AuthoritySource,
  IdentityRule,
  SubjectKind,
  TextRule,
  TrustedKey,
} from '#lib/model/authority.ts';
import { readNotationEntry } from './notation.ts';
import type { NotationEntry } from './notation-schema.ts';
import type { Preset } from './presets/preset.ts';
import type { ReadConfig } from './read-config.ts';
import type { AuthorityEntry } from './schema.ts';
import { tlogOf, witnessesOf } from './witnesses.ts';

type Variables = Readonly<Record<string, string | undefined>>;
type KeyEntry = Extract<NonNullable<AuthorityEntry['key']>, { file?: unknown }>;

/** An authority as written; its fingerprint is computed by the verifier that will use it. */
export type WrittenAuthority = DistributiveOmit<Authority, 'fingerprint'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * The authorities of a configuration, with their keys read.
 * @throws ConfigurationError naming every key that cannot be read or is not a public key
 */
export function readAuthorities(config: ReadConfig, variables: Variables): WrittenAuthority[] {
  const problems: string[] = [];
  const authorities = config.file.authorities.flatMap((entry): WrittenAuthority[] => {
    const named = {
      name: entry.name,
      images: entry.images,
      source: sourceOf(entry.preset, config.path),
      ...(entry.annotations !== undefined && { annotations: entry.annotations }),
      ...((entry.reference ?? entry.referencePattern) !== undefined && {
        reference: rule(entry.reference, entry.referencePattern),
      }),
      ...(entry.attestations !== undefined && { attestations: entry.attestations }),
    };
    const asked = {
      tlog: tlogOf(entry),
      ...(entry.atLeast && { atLeast: witnessesOf(entry.atLeast) }),
    };
    if (entry.keyless)
      return [
        {
          ...named,
          ...asked,
          kind: 'keyless',
          identities: entry.keyless.identities.map(identityRule),
          trustRoot: entry.keyless.trustRoot,
          // An instance without logs has none for certificates either.
          sct: entry.keyless.sct ?? tlogOf({ keyless: entry.keyless }),
        },
      ];
    if (entry.notation) return notationAuthorities(entry.notation, named, config, problems);
    const keys = [entry.key ?? []].flat().flatMap((key): TrustedKey[] => {
      try {
        return readKey(key, config.directory, variables);
      } catch (error) {
        problems.push(`${config.path}: authority "${entry.name}": ${(error as Error).message}`);
        return [];
      }
    });
    return [
      {
        ...named,
        ...asked,
        kind: 'key',
        keys,
        ...(entry.trustRoot !== undefined && { trustRoot: entry.trustRoot }),
      },
    ];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return authorities;
}

function sourceOf(preset: Preset | undefined, path: string): AuthoritySource {
  if (preset === undefined) return { kind: 'configuration', path };
  const { name, documents, readOn, unconfirmed } = preset;
  return { kind: 'preset', name, documents, readOn, unconfirmed };
}

/** One authority for each statement of the policy. */
function notationAuthorities(
  entry: NotationEntry,
  named: Pick<WrittenAuthority, 'name' | 'images' | 'source'>,
  config: ReadConfig,
  problems: string[],
): WrittenAuthority[] {
  try {
    return readNotationEntry(entry, config.directory).map(({ statement, ...rules }) => ({
      ...named,
      ...rules,
      name: statement === undefined ? named.name : `${named.name}/${statement}`,
    }));
  } catch (error) {
    for (const line of (error as Error).message.split('\n'))
      problems.push(`${config.path}: authority "${named.name}": ${line}`);
    return [];
  }
}

const rule = (exact: string | undefined, pattern: string | undefined): TextRule =>
  pattern === undefined ? { kind: 'exact', value: exact ?? '' } : { kind: 'pattern', pattern };

const identityRule = (entry: {
  issuer?: string | undefined;
  issuerPattern?: string | undefined;
  subject?: string | undefined;
  subjectPattern?: string | undefined;
  subjectKind?: SubjectKind | undefined;
  claims?: Readonly<Record<string, string>> | undefined;
  claimPatterns?: Readonly<Record<string, string>> | undefined;
}): IdentityRule => ({
  // Written out, never meant by leaving the issuer empty.
  issuer: entry.issuer === 'none' ? { kind: 'none' } : rule(entry.issuer, entry.issuerPattern),
  subject: rule(entry.subject, entry.subjectPattern),
  ...(entry.subjectKind !== undefined && { subjectKind: entry.subjectKind }),
  ...((entry.claims ?? entry.claimPatterns) !== undefined && {
    claims: {
      ...mapped(entry.claims, (value) => rule(value, undefined)),
      ...mapped(entry.claimPatterns, (pattern) => rule(undefined, pattern)),
    },
  }),
});

const mapped = (
  members: Readonly<Record<string, string>> | undefined,
  make: (text: string) => TextRule,
): Readonly<Record<string, TextRule>> =>
  Object.fromEntries(Object.entries(members ?? {}).map(([name, text]) => [name, make(text)]));

const pemBlock = /-----BEGIN [A-Z ]*PUBLIC KEY-----[\s\S]+?-----END [A-Z ]*PUBLIC KEY-----/g;

function readKey(entry: KeyEntry, directory: string, variables: Variables): TrustedKey[] {
  if (entry.kms !== undefined) return [{ pem: '', reference: entry.kms, ...rulesOf(entry) }];
  const pems = keyText(entry, directory, variables).match(pemBlock) ?? [];
  if (pems.length === 0)
    throw new Error(
      `${keyPlace(entry)} holds no PEM public key. Write the file that cosign public-key prints.`,
    );
  return pems.map((pem) => {
    try {
      createPublicKey(pem);
    } catch (cause) {
      throw new Error(`${keyPlace(entry)} is not a public key: ${(cause as Error).message}`);
    }
    return { pem, ...rulesOf(entry) };
  });
}

const rulesOf = ({ hash, validFrom, validUntil, revokedFrom }: KeyEntry) => ({
  ...(hash !== undefined && { hash }),
  ...(validFrom !== undefined && { validFrom }),
  ...(validUntil !== undefined && { validUntil }),
  ...(revokedFrom !== undefined && { revokedFrom }),
});

const keyPlace = ({ file, env }: KeyEntry): string => {
  if (file !== undefined) return `key file ${file}`;
  return env === undefined ? 'key data' : `environment variable ${env}`;
};

function keyText(entry: KeyEntry, directory: string, variables: Variables): string {
  if (entry.data !== undefined) return entry.data;
  if (entry.env !== undefined) {
    const value = variables[entry.env];
    if (!value) throw new Error(`environment variable ${entry.env} is not set`);
    return value;
  }
  try {
    return readFileSync(path.resolve(directory, entry.file ?? ''), 'utf8');
  } catch (cause) {
    throw new Error(`key file ${entry.file} cannot be read: ${(cause as Error).message}`);
  }
}
