import path from 'node:path';
import type { readEnvironment } from '#lib/config/environment.ts';
import { apiHost, parseReference, type Reference } from '#lib/model/reference.ts';
import { type Configuration, loadConfiguration } from '#lib/wiring/configuration.ts';
import { contentTrustOf } from './content-trust-options.ts';
import { notationAuthorities } from './notation-authorities.ts';
import { type SignerValues, signerAuthority, signerHelp, signerOptions } from './signer-options.ts';
import { UsageError } from './usage.ts';

/** The options of the commands that verify images, as `node:util` parses them. */
export const imageOptions = {
  ...signerOptions,
  authority: { type: 'string' },
  'notation-policy': { type: 'string' },
  'trust-store': { type: 'string' },
  'notary-server': { type: 'string' },
  'notary-root-key': { type: 'string', multiple: true },
  'notary-delegation': { type: 'string', multiple: true },
  'trusted-root': { type: 'string' },
  'ca-roots': { type: 'string' },
  'ca-intermediates': { type: 'string' },
  'certificate-chain': { type: 'string' },
  'timestamp-certificate-chain': { type: 'string' },
  offline: { type: 'boolean', default: false },
  config: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The lines about {@link imageOptions} in a help text. */
export const imageHelp = `\
  --authority NAME                    one authority of the configuration (default: all that cover the image)
${signerHelp}\
  --notation-policy PATH              a Notation trust policy, or the folder that holds it, with
  --trust-store DIR                   its trust stores (default: beside the policy)
  --notary-root-key ID|FILE           a pinned root key of Docker Content Trust (repeatable), with
  --notary-server URL                 its server (default: that of Docker Hub, or the registry)
  --notary-delegation ROLE            a role that must have signed the tag (repeatable)
  --trusted-root FILE                 trusted_root.json instead of the public-good root
  --ca-roots FILE                     PEM certificates of a private authority, with
  --ca-intermediates FILE             what stands below them; or both, the root last, in
  --certificate-chain FILE            one file
  --timestamp-certificate-chain FILE  the timestamp authority that goes with them
  --offline                           nothing but the registry is asked: no TUF mirror, no responder,
                                      no trust server, no key service
  --config FILE                       configuration (SEALWATCH_CONFIG, or ./sealwatch.yaml)
  -o text|json
`;

/** What was written for {@link imageOptions}. */
export interface ImageValues extends SignerValues {
  readonly authority?: string | undefined;
  readonly 'notation-policy'?: string | undefined;
  readonly 'trust-store'?: string | undefined;
  readonly 'notary-server'?: string | undefined;
  readonly 'notary-root-key'?: string[] | undefined;
  readonly 'notary-delegation'?: string[] | undefined;
  readonly 'trusted-root'?: string | undefined;
  readonly 'ca-roots'?: string | undefined;
  readonly 'ca-intermediates'?: string | undefined;
  readonly 'certificate-chain'?: string | undefined;
  readonly 'timestamp-certificate-chain'?: string | undefined;
  readonly offline?: boolean | undefined;
  readonly config?: string | undefined;
}

/** Image references as written. @throws UsageError naming the one that is none */
export function referencesOf(texts: readonly string[]): readonly Reference[] {
  if (texts.length === 0) throw new UsageError('name at least one image');
  return texts.map((text) => {
    const parsed = parseReference(text);
    if (!parsed.ok) throw new UsageError(`${text}: ${parsed.problem}`);
    return parsed.reference;
  });
}

/**
 * The configuration under which images are verified: that of the file, with what the options say in
 * its place. @throws UsageError and ConfigurationError
 */
export function imageConfiguration(
  values: ImageValues,
  environment: ReturnType<typeof readEnvironment>,
  references: readonly Reference[],
): Configuration {
  const configPath = values.config === undefined ? {} : { configPath: path.resolve(values.config) };
  const loaded = loadConfiguration({ ...environment, ...configPath });
  const offline = values.offline || loaded.offline === true;
  const contentTrust = contentTrustOf(values);
  const { root, roots } = trustRootsOf(values, loaded);
  const configuration = {
    ...loaded,
    clusters: [],
    offline,
    trustRoots: roots,
    // Whoever names an image names its registry.
    allow: [
      ...loaded.allow,
      ...(offline ? references.map(({ registry }) => apiHost(registry)) : []),
    ],
    contentTrust: contentTrust?.servers ?? loaded.contentTrust,
  };
  if (values['notation-policy'] !== undefined)
    return { ...configuration, authorities: notationAuthorities(values) };
  if (contentTrust !== undefined && contentTrust.authorities.length > 0)
    return { ...configuration, authorities: contentTrust.authorities };
  const written = signerAuthority(values, root);
  if (written !== undefined) return { ...configuration, authorities: [written] };
  if (values.authority === undefined) return configuration;
  return { ...configuration, authorities: namedAuthority(values.authority, loaded) };
}

function namedAuthority(
  name: string,
  { authorities }: Configuration,
): Configuration['authorities'] {
  const named = authorities.filter((authority) => authority.name === name);
  if (named.length === 0) throw new UsageError(`the configuration has no authority "${name}"`);
  return named;
}

const ownRoot = 'command-line';

/** The trust roots that are used, and the name of the one for what the options describe. */
function trustRootsOf(
  values: ImageValues,
  { trustRoots }: Configuration,
): { readonly root: string; readonly roots: Configuration['trustRoots'] } {
  const file = values['trusted-root'];
  const files = certificateFiles(values);
  if (file !== undefined && files !== undefined)
    throw new UsageError('--trusted-root names all authorities: it excludes other certificates');
  if (file !== undefined)
    return {
      root: ownRoot,
      roots: [{ name: ownRoot, kind: 'file', path: path.resolve(file) }],
    };
  if (files === undefined) return { root: 'public-good', roots: trustRoots };
  const publicGood = trustRoots.find(({ name }) => name === 'public-good');
  const logsOf = publicGood && { logsOf: publicGood };
  return {
    root: ownRoot,
    roots: [...trustRoots, { name: ownRoot, kind: 'certificates', files, ...logsOf }],
  };
}

function certificateFiles(values: ImageValues) {
  const roots = values['ca-roots'];
  const intermediates = values['ca-intermediates'];
  const chain = values['certificate-chain'];
  const timestamps = values['timestamp-certificate-chain'];
  if (chain !== undefined && (roots ?? intermediates) !== undefined)
    throw new UsageError('--certificate-chain excludes --ca-roots and --ca-intermediates');
  if (intermediates !== undefined && roots === undefined)
    throw new UsageError('--ca-intermediates needs --ca-roots');
  if (roots === undefined && chain === undefined) {
    if (timestamps === undefined) return undefined;
    throw new UsageError('--timestamp-certificate-chain needs --ca-roots or --certificate-chain');
  }
  return {
    ...(roots !== undefined && { roots: path.resolve(roots) }),
    ...(intermediates !== undefined && { intermediates: path.resolve(intermediates) }),
    ...(chain !== undefined && { chain: path.resolve(chain) }),
    ...(timestamps !== undefined && { timestampAuthorities: path.resolve(timestamps) }),
  };
}
