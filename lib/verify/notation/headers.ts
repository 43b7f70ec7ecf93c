import { inconclusive, invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';

/** Names of the headers of the Notary Project. They are compared exactly. */
export const headerNames = {
  scheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  authenticSigningTime: 'io.cncf.notary.authenticSigningTime',
  expiry: 'io.cncf.notary.expiry',
  plugin: 'io.cncf.notary.verificationPlugin',
  pluginMinVersion: 'io.cncf.notary.verificationPluginMinVersion',
  signingAgent: 'io.cncf.notary.signingAgent',
  timestamp: 'io.cncf.notary.timestampSignature',
} as const;

/** Who vouches for the certificate and the time: the signer alone, or a signing authority. */
export type SigningScheme = 'notary.x509' | 'notary.x509.signingAuthority';

/** Protected headers in one shape, whatever the envelope. Labels of COSE are text or numbers. */
export interface ProtectedHeaders {
  readonly values: ReadonlyMap<string | number, unknown>;
  readonly critical: unknown;
  /** Reads a time in the way of the envelope; undefined when it is none. */
  readonly time: (value: unknown) => number | undefined;
  /** Labels besides those of the Notary Project that the envelope defines and may list as critical. */
  readonly ownLabels: readonly (string | number)[];
}

/** What the signer vouches for beside the payload. Times in milliseconds. */
export interface SignedAttributes {
  readonly scheme: SigningScheme;
  /** What the signer says; authentic only under a signing authority. */
  readonly signingTime: number;
  readonly expiry?: number;
  /** The plugin that must take part in the verification, and its least version. */
  readonly plugin?: string;
  /** A critical header that nobody here knows; without a plugin that may know it, it decides. */
  readonly unknownCritical?: string;
}

const schemes: readonly unknown[] = ['notary.x509', 'notary.x509.signingAuthority'];

/**
 * Reads the signed attributes. Scheme, expiry and the time of a signing authority must be critical,
 * each scheme has its own time and not the other's, and what is critical must be there and known.
 * @see https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md
 */
export function readSignedAttributes(headers: ProtectedHeaders): SignedAttributes | Refusal {
  const { values } = headers;
  const scheme = values.get(headerNames.scheme);
  if (scheme === undefined)
    return invalid('notation-scheme', 'the protected headers name no signing scheme');
  if (!isScheme(scheme))
    return invalid('notation-scheme', `the signing scheme ${show(scheme)} is unknown`);
  const unknownCritical = checkCritical(headers, scheme);
  if (isRefusal(unknownCritical)) return unknownCritical;
  const signingTime = readSigningTime(headers, scheme);
  if (isRefusal(signingTime)) return signingTime;
  const expiry = readTime(headers, headerNames.expiry);
  if (isRefusal(expiry)) return expiry;
  if (expiry !== undefined && expiry <= signingTime)
    return invalid('notation-expired', 'it expires before it was signed');
  const plugin = readPlugin(headers);
  if (isRefusal(plugin)) return plugin;
  return {
    scheme,
    signingTime,
    ...(expiry !== undefined && { expiry }),
    ...(plugin !== undefined && { plugin }),
    ...(unknownCritical !== undefined && { unknownCritical }),
  };
}

function checkCritical(
  { values, critical, ownLabels }: ProtectedHeaders,
  scheme: SigningScheme,
): string | Refusal | undefined {
  if (!Array.isArray(critical) || critical.length === 0)
    return invalid('notation-crit', 'no header is marked as critical');
  const labels: readonly unknown[] = critical;
  if (new Set(labels).size !== labels.length)
    return invalid('notation-crit', 'a header is marked as critical twice');
  const demanded: readonly (string | false)[] = [
    headerNames.scheme,
    values.has(headerNames.expiry) && headerNames.expiry,
    scheme === 'notary.x509.signingAuthority' && headerNames.authenticSigningTime,
  ];
  for (const name of demanded)
    if (name !== false && !labels.includes(name))
      return invalid('notation-crit', `${name} is not marked as critical`);
  const absent = labels.find((label) => !isLabel(label) || !values.has(label));
  if (absent !== undefined)
    return invalid('notation-crit', `${show(absent)} is critical but not among the headers`);
  const known: readonly unknown[] = [...demanded, ...ownLabels, ...pluginHeaders];
  const unknown = labels.find((label) => !known.includes(label));
  return unknown === undefined ? undefined : show(unknown);
}

const pluginHeaders: readonly string[] = [headerNames.plugin, headerNames.pluginMinVersion];

function readSigningTime(headers: ProtectedHeaders, scheme: SigningScheme): number | Refusal {
  const [own, other] =
    scheme === 'notary.x509'
      ? [headerNames.signingTime, headerNames.authenticSigningTime]
      : [headerNames.authenticSigningTime, headerNames.signingTime];
  if (headers.values.has(other))
    return invalid('notation-scheme', `${other} is there, which the scheme ${scheme} forbids`);
  const time = readTime(headers, own);
  return (
    time ?? invalid('notation-scheme', `${own} is missing, which the scheme ${scheme} demands`)
  );
}

function readTime({ values, time }: ProtectedHeaders, name: string): number | Refusal | undefined {
  if (!values.has(name)) return undefined;
  return time(values.get(name)) ?? invalid('json-malformed', `${name} is not a time`);
}

/** Plugins are programs beside the notation command: here there are none, so nothing can be said. */
function readPlugin({ values, critical }: ProtectedHeaders): string | Refusal | undefined {
  const name = values.get(headerNames.plugin);
  const version = values.get(headerNames.pluginMinVersion);
  if (name === undefined && version === undefined) return undefined;
  const marked = pluginHeaders.every(
    (header) => !values.has(header) || (Array.isArray(critical) && critical.includes(header)),
  );
  if (!marked) return invalid('notation-crit', 'the verification plugin is not marked as critical');
  if (typeof name !== 'string' || name.trim() === '')
    return invalid('notation-crit', 'the verification plugin has no name');
  return typeof version === 'string' ? `${name} ${version} or later` : name;
}

/**
 * Why a signature cannot be judged here, or not at all: a critical header may be for the plugin that it
 * demands; without one it must be understood (RFC 7515 §4.1.11).
 */
export function checkDemands({ plugin, unknownCritical }: SignedAttributes): Refusal | undefined {
  if (plugin !== undefined)
    return inconclusive('unsupported-format', `it demands the verification plugin ${plugin}`);
  return unknownCritical === undefined
    ? undefined
    : invalid('notation-crit', `the critical header ${unknownCritical} is unknown`);
}

const isScheme = (value: unknown): value is SigningScheme => schemes.includes(value);

const isLabel = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 120) ?? 'nothing';
