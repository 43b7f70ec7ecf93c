import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { NotationAuthority } from '#lib/model/authority.ts';
import {
  identityProblems,
  type NotationRules,
  type NotationStatement,
  notationLevels,
  readNotationPolicy,
  type TrustStoreType,
  trustStoreTypes,
} from '#lib/model/notation-policy.ts';
import type { NotationEntry } from './notation-schema.ts';
import { readCertificateFile, readTrustStore } from './trust-stores.ts';

/** What an authority of the kind has beside its name: one for each statement of a policy. */
export type WrittenNotation = NotationRules &
  Pick<NotationAuthority, 'kind' | 'scopes' | 'scopesElsewhere' | 'trustStores'> & {
    /** Name of the statement, where there are several. */
    readonly statement?: string;
  };

/**
 * The statements of a trust policy, or the rules written into the configuration itself.
 * @throws Error with one line per problem
 */
export function readNotationEntry(entry: NotationEntry, directory: string): WrittenNotation[] {
  const resolve = (name: string) => path.resolve(directory, name);
  return 'policy' in entry
    ? readPolicyFile(resolve(entry.policy), entry.trustStores && resolve(entry.trustStores))
    : [readInline(entry, resolve)];
}

/**
 * Reads a trust policy document with its trust stores. A folder stands for the document in it and,
 * unless another is named, for the folder of the trust stores.
 * @throws Error with one line per problem
 */
export function readPolicyFile(policy: string, trustStores?: string): WrittenNotation[] {
  const isFolder = existsSync(policy) && statSync(policy).isDirectory();
  const file = isFolder ? documentIn(policy) : policy;
  const reading = readNotationPolicy(textOf(file));
  if (!reading.ok) throw new Error(reading.problems.map((one) => `${file}: ${one}`).join('\n'));
  const folder = trustStores ?? (isFolder ? policy : path.dirname(policy));
  const { statements } = reading;
  return statements.map((statement) => ({
    ...rulesOf(statement),
    kind: 'notation',
    scopes: statement.registryScopes,
    scopesElsewhere: statements
      .filter((other) => other !== statement)
      .flatMap(({ registryScopes }) => registryScopes.filter((scope) => scope !== '*')),
    trustStores: storesOf(statement, folder),
    ...(statements.length > 1 && { statement: statement.name }),
  }));
}

/** notation reads the file for OCI artifacts first and the older name after it. */
function documentIn(folder: string): string {
  const names = ['trustpolicy.oci.json', 'trustpolicy.json'].map((name) =>
    path.join(/* turbopackIgnore: true */ folder, name),
  );
  return names.find((name) => existsSync(name)) ?? path.join(folder, 'trustpolicy.json');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`trust policy ${file} cannot be read: ${(cause as Error).message}`);
  }
}

function storesOf({ trustStores }: NotationStatement, folder: string) {
  const texts = (type: TrustStoreType) =>
    trustStores
      .filter((store) => store.type === type)
      .flatMap((store) => readTrustStore(folder, store));
  return { ca: texts('ca'), signingAuthority: texts('signingAuthority'), tsa: texts('tsa') };
}

const rulesOf = ({
  level,
  enforcement,
  verifyTimestamp,
  trustedIdentities,
}: NotationStatement): NotationRules => ({
  level,
  enforcement,
  verifyTimestamp,
  trustedIdentities,
});

function readInline(
  entry: Exclude<NotationEntry, { policy: string }>,
  resolve: (name: string) => string,
): WrittenNotation {
  const { level, verifyTimestamp, trustedIdentities, revocation } = entry;
  const empty = trustStoreTypes.every((type) => entry.trustStores[type].length === 0);
  const problems = [
    ...(empty ? ['notation.trustStores: must name at least one certificate file'] : []),
    ...identityProblems(trustedIdentities).map((one) => `notation.trustedIdentities: ${one}`),
  ];
  if (level !== 'skip' && problems.length > 0) throw new Error(problems.join('\n'));
  const texts = (type: TrustStoreType) =>
    entry.trustStores[type].flatMap((file) => readCertificateFile(resolve(file), type));
  return {
    kind: 'notation',
    level,
    enforcement: { ...notationLevels[level], ...(revocation !== undefined && { revocation }) },
    verifyTimestamp,
    trustedIdentities,
    scopes: ['*'],
    scopesElsewhere: [],
    trustStores: {
      ca: texts('ca'),
      signingAuthority: texts('signingAuthority'),
      tsa: texts('tsa'),
    },
  };
}
