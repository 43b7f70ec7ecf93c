import { isNameProblem, isSubsetName, parseDistinguishedName } from './distinguished-name.ts';

/** What a trust policy does with a failed check. */
export type NotationAction = 'enforce' | 'log' | 'skip';

/** Checks that a level can relax; integrity is always enforced. */
export const notationChecks = [
  'authenticity',
  'authenticTimestamp',
  'expiry',
  'revocation',
] as const;
export type NotationCheck = (typeof notationChecks)[number];
export type Enforcement = Readonly<Record<NotationCheck, NotationAction>>;

/** The levels of a trust policy and what each does with a failed check. */
export const notationLevels = {
  strict: all('enforce'),
  permissive: { ...all('log'), authenticity: 'enforce' },
  audit: all('log'),
  skip: all('skip'),
} as const satisfies Record<string, Enforcement>;
export type NotationLevel = keyof typeof notationLevels;

export const trustStoreTypes = ['ca', 'signingAuthority', 'tsa'] as const;
export type TrustStoreType = (typeof trustStoreTypes)[number];

/** How signatures of one statement are verified. */
export interface NotationRules {
  readonly level: NotationLevel;
  readonly enforcement: Enforcement;
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
  /** `*`, or `x509.subject: C=…, ST=…, O=…`; other prefixes belong to plugins and match nothing here. */
  readonly trustedIdentities: readonly string[];
}

/** One statement of a trust policy document. */
export interface NotationStatement extends NotationRules {
  readonly name: string;
  /** `registry/repository` exactly, or `*` alone. */
  readonly registryScopes: readonly string[];
  readonly trustStores: readonly { readonly type: TrustStoreType; readonly name: string }[];
}

/** A trust policy document, read, or every problem in it. */
export type PolicyReading =
  | { readonly ok: true; readonly statements: readonly NotationStatement[] }
  | { readonly ok: false; readonly problems: readonly string[] };

function all(action: NotationAction): Record<NotationCheck, NotationAction> {
  return {
    authenticity: action,
    authenticTimestamp: action,
    expiry: action,
    revocation: action,
  };
}

/**
 * Reads `trustpolicy.oci.json` or `trustpolicy.json`, version 1.0. Every problem names the statement
 * and the field.
 * @see https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md
 */
export function readNotationPolicy(text: string): PolicyReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [`it is not JSON: ${(error as Error).message}`] };
  }
  const problems: string[] = [];
  if (!isRecord(json)) return { ok: false, problems: ['it is not a JSON object'] };
  if (json['version'] !== '1.0')
    problems.push(`version: must be "1.0", but is ${JSON.stringify(json['version'])}`);
  const list = json['trustPolicies'];
  if (!Array.isArray(list) || list.length === 0)
    return {
      ok: false,
      problems: [...problems, 'trustPolicies: must have at least one statement'],
    };
  const statements = list.map((one, index) => readStatement(one, index, problems));
  problems.push(...repeated(statements));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, statements };
}

function readStatement(value: unknown, index: number, problems: string[]): NotationStatement {
  const entry = isRecord(value) ? value : {};
  const name = typeof entry['name'] === 'string' ? entry['name'] : '';
  const place = `trustPolicies[${index}]${name === '' ? '' : ` "${name}"`}`;
  const complain = (field: string, why: string) => problems.push(`${place}: ${field}: ${why}`);
  if (name === '') complain('name', 'is missing');
  const list = (field: string) => texts(entry[field], (why) => complain(field, why));
  const registryScopes = list('registryScopes');
  for (const problem of scopeProblems(registryScopes)) complain('registryScopes', problem);
  const rules = readRules(entry['signatureVerification'], (why) =>
    complain('signatureVerification', why),
  );
  const written = list('trustStores');
  const trustedIdentities = list('trustedIdentities');
  const trustStores = written.flatMap((one) => readStoreName(one, complain));
  if (rules.level === 'skip') {
    if (written.length > 0) complain('trustStores', 'must be left out at level skip');
    if (trustedIdentities.length > 0)
      complain('trustedIdentities', 'must be left out at level skip');
  } else {
    if (written.length === 0) complain('trustStores', 'must name at least one trust store');
    for (const problem of identityProblems(trustedIdentities))
      complain('trustedIdentities', problem);
  }
  return { name, registryScopes, trustStores, trustedIdentities, ...rules };
}

function readRules(
  value: unknown,
  complain: (why: string) => void,
): Omit<NotationRules, 'trustedIdentities'> {
  const entry = isRecord(value) ? value : {};
  const level = entry['level'];
  if (!isLevel(level))
    complain(`level: must be one of strict, permissive, audit, skip, but is ${show(level)}`);
  const base: NotationLevel = isLevel(level) ? level : 'strict';
  const timestamp = entry['verifyTimestamp'] ?? '';
  if (timestamp !== '' && timestamp !== 'always' && timestamp !== 'afterCertExpiry')
    complain(`verifyTimestamp: must be "always" or "afterCertExpiry", but is ${show(timestamp)}`);
  return {
    level: base,
    verifyTimestamp: timestamp === 'afterCertExpiry' ? timestamp : 'always',
    enforcement: overridden(base, entry['override'], complain),
  };
}

function overridden(
  level: NotationLevel,
  override: unknown,
  complain: (why: string) => void,
): Enforcement {
  const enforcement: Record<NotationCheck, NotationAction> = { ...notationLevels[level] };
  if (override === undefined || override === null) return enforcement;
  if (!isRecord(override)) {
    complain('override: must be an object');
    return enforcement;
  }
  const entries = Object.entries(override);
  if (level === 'skip' && entries.length > 0) complain('override: is not possible at level skip');
  for (const [name, action] of entries) {
    const check = notationChecks.find((one) => one === name);
    const problem = overrideProblem(name, action);
    if (problem !== undefined) complain(`override: ${problem}`);
    else if (check !== undefined && isAction(action)) enforcement[check] = action;
  }
  return enforcement;
}

function overrideProblem(name: string, action: unknown): string | undefined {
  if (name === 'integrity') return 'integrity cannot be overridden';
  if (!notationChecks.some((one) => one === name))
    return `${show(name)} is not one of ${notationChecks.join(', ')}`;
  if (!isAction(action)) return `${name} must be enforce, log or skip, but is ${show(action)}`;
  return action === 'skip' && name !== 'revocation'
    ? `${name} cannot be skipped; only revocation can`
    : undefined;
}

const scopePattern =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

function scopeProblems(scopes: readonly string[]): readonly string[] {
  if (scopes.length === 0) return ['must name at least one repository, or "*"'];
  if (scopes.length > 1 && scopes.includes('*')) return ['"*" must stand alone'];
  return scopes
    .filter((scope) => scope !== '*' && (scope.length > 512 || !scopePattern.test(scope)))
    .map((scope) => `${show(scope)} is not registry/repository, without tag, digest and wildcard`);
}

/** What is wrong with a list of trusted identities; nothing for `*` alone. */
export function identityProblems(identities: readonly string[]): readonly string[] {
  if (identities.length === 0) return ['must name at least one identity, or "*"'];
  if (identities.length > 1 && identities.includes('*')) return ['"*" must stand alone'];
  const problems: string[] = [];
  const names = identities.flatMap((identity) => {
    if (identity === '*') return [];
    if (!identity.includes(':')) {
      problems.push(`${show(identity)} has no prefix such as "x509.subject:"`);
      return [];
    }
    const subject = subjectOfIdentity(identity);
    if (subject === undefined) return [];
    const name = parseDistinguishedName(subject);
    if (!isNameProblem(name)) return [{ identity, name }];
    problems.push(`${show(identity)}: ${name.problem}`);
    return [];
  });
  for (const [index, one] of names.entries())
    for (const other of names.filter((_, at) => at !== index))
      if (isSubsetName(one.name, other.name))
        problems.push(`${show(one.identity)} overlaps with ${show(other.identity)}`);
  return problems;
}

/** The distinguished name of an `x509.subject` identity; undefined for identities of plugins. */
export const subjectOfIdentity = (identity: string): string | undefined => {
  const colon = identity.indexOf(':');
  return identity.slice(0, colon) === 'x509.subject' ? identity.slice(colon + 1) : undefined;
};

function readStoreName(
  written: string,
  complain: (field: string, why: string) => void,
): NotationStatement['trustStores'] {
  const [prefix, name = ''] = written.split(/:(.*)/s);
  const type = trustStoreTypes.find((one) => one === prefix);
  if (type === undefined) {
    complain('trustStores', `${show(written)} does not begin with ca:, signingAuthority: or tsa:`);
    return [];
  }
  if (!isStoreName(name)) {
    complain('trustStores', `${show(written)}: the name must be letters, digits and . _ -`);
    return [];
  }
  return [{ type, name }];
}

/** A name of a trust store is the name of a folder, and must stay one. */
export const isStoreName = (name: string): boolean =>
  /^[a-zA-Z0-9_.-]+$/.test(name) && name !== '.' && name !== '..';

function repeated(statements: readonly NotationStatement[]): readonly string[] {
  const names = statements.map(({ name }) => name).filter((name) => name !== '');
  const scopes = statements.flatMap(({ registryScopes }) => registryScopes);
  return [
    ...twice(names).map((name) => `trustPolicies: the name ${show(name)} is used twice`),
    ...twice(scopes).map((scope) => `trustPolicies: the scope ${show(scope)} is named twice`),
  ];
}

const twice = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function texts(value: unknown, complain: (why: string) => void): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  complain('must be a list of strings');
  return [];
}

const isLevel = (value: unknown): value is NotationLevel =>
  typeof value === 'string' && Object.hasOwn(notationLevels, value);

const isAction = (value: unknown): value is NotationAction =>
  value === 'enforce' || value === 'log' || value === 'skip';

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 200) ?? 'missing';
