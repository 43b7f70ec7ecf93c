import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvironment } from '#lib/config/environment.ts';
import { OperationalError } from '#lib/errors.ts';
import type { Authority, TextRule } from '#lib/model/authority.ts';
import { isDigest } from '#lib/model/digest.ts';
import { apiHost, parseReference, type Reference, tagOf } from '#lib/model/reference.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { Subject } from '#lib/ports.ts';
import { discoverEvidence } from '#lib/resolve/discover-evidence.ts';
import { createFindElsewhere } from '#lib/scan/elsewhere.ts';
import { resolveKeys } from '#lib/scan/resolve-keys.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { type Configuration, loadConfiguration } from '#lib/wiring/configuration.ts';
import { openWorld, type World } from '#lib/wiring/world.ts';
import { contentTrustOf } from './content-trust-options.ts';
import { notationAuthorities } from './notation-authorities.ts';
import { oneOf, UsageError } from './usage.ts';
import { verdictText } from './verdict-text.ts';

const help = `sealwatch verify IMAGE…: who signed these images, and does it hold

  --authority NAME                    one authority of the configuration (default: all that cover the image)
  --key FILE                          a public key (PEM)
  --certificate-identity S            subject of the certificate, and
  --certificate-oidc-issuer S         its issuer; each also as …-regexp (RE2, whole text)
  --notation-policy PATH              a Notation trust policy, or the folder that holds it, with
  --trust-store DIR                   its trust stores (default: beside the policy)
  --notary-root-key ID|FILE           a pinned root key of Docker Content Trust (repeatable), with
  --notary-server URL                 its server (default: that of Docker Hub, or the registry)
  --notary-delegation ROLE            a role that must have signed the tag (repeatable)
  --trusted-root FILE                 trusted_root.json instead of the public-good root
  --insecure-ignore-tlog              do without a transparency log
  --insecure-ignore-sct               do without a certificate log
  --offline                           nothing but the registry is asked: no TUF mirror, no responder,
                                      no trust server, no key service
  --config FILE                       configuration (SEALWATCH_CONFIG, or ./sealwatch.yaml)
  -o text|json

Exit: 0 every image is verified, 1 one is not, 2 wrong use, 3 one could not be checked.
`;

const options = {
  authority: { type: 'string' },
  key: { type: 'string' },
  'certificate-identity': { type: 'string' },
  'certificate-identity-regexp': { type: 'string' },
  'certificate-oidc-issuer': { type: 'string' },
  'certificate-oidc-issuer-regexp': { type: 'string' },
  'notation-policy': { type: 'string' },
  'trust-store': { type: 'string' },
  'notary-server': { type: 'string' },
  'notary-root-key': { type: 'string', multiple: true },
  'notary-delegation': { type: 'string', multiple: true },
  'trusted-root': { type: 'string' },
  'insecure-ignore-tlog': { type: 'boolean', default: false },
  'insecure-ignore-sct': { type: 'boolean', default: false },
  offline: { type: 'boolean', default: false },
  config: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Values = ReturnType<typeof parse>['values'];
const parse = (args: string[]) => parseArgs({ args, options, allowPositionals: true });

/** Verifies images by reference; a tag is resolved once. */
export async function run(parameters: string[]): Promise<number> {
  const { values, positionals } = parse(parameters);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError('name at least one image');
  const output = oneOf('-o', values.output, ['text', 'json']);
  const references = positionals.map(referenceOf);
  const environment = readEnvironment();
  const configuration = configurationOf(values, environment, references);
  const world = await openWorld(configuration, environment);
  try {
    const { roots, problems } = await world.trust.load();
    for (const { name, detail } of problems)
      process.stderr.write(`sealwatch: trust root ${name}: ${detail}\n`);
    const { authorities, problems: unread } = await resolveKeys(
      configuration.authorities,
      world.keys,
    );
    for (const { source, detail } of unread)
      process.stderr.write(`sealwatch: authority ${source}: ${detail}\n`);
    await world.verifier.configure({ authorities, trustRoots: roots });
    let worst = 0;
    for (const [index, reference] of references.entries()) {
      const verdict = await verifyOne(world, configuration, reference, positionals[index] ?? '');
      process.stdout.write(
        output === 'json'
          ? `${JSON.stringify(verdict)}\n`
          : verdictText(positionals[index] ?? '', verdict),
      );
      worst = Math.max(worst, exitCodes[verdict.status]);
    }
    return worst;
  } finally {
    await world.close();
  }
}

const exitCodes = { verified: 0, untrusted: 1, invalid: 1, unsigned: 1, inconclusive: 3 } as const;

function referenceOf(text: string): Reference {
  const parsed = parseReference(text);
  if (!parsed.ok) throw new UsageError(`${text}: ${parsed.problem}`);
  return parsed.reference;
}

async function verifyOne(
  world: World,
  { elsewhere }: Configuration,
  reference: Reference,
  text: string,
): Promise<ImageVerdict> {
  const subject = await subjectOf(world, reference, text);
  const name = `${subject.registry}/${subject.repository}`;
  const places = createFindElsewhere(elsewhere)(name);
  const tag = tagOf(reference);
  const trust = world.contentTrust && {
    reader: world.contentTrust,
    tags: tag === undefined ? [] : [tag],
  };
  const discovery = await discoverEvidence(world.registry, subject, places, trust);
  return (await world.verifier.verify(discovery, [], new Date())).verdict;
}

async function subjectOf(world: World, reference: Reference, text: string): Promise<Subject> {
  const { registry, repository } = reference;
  const digest =
    reference.digest ??
    (await world.registry.resolveTag(registry, repository, tagOf(reference) ?? 'latest'));
  if (digest === undefined || !isDigest(digest))
    throw new OperationalError(
      'registry-not-found',
      `${text} is not in its registry, or hidden from us`,
    );
  return { registry, repository, digest };
}

function configurationOf(
  values: Values,
  environment: ReturnType<typeof readEnvironment>,
  references: readonly Reference[],
): Configuration {
  const configPath = values.config === undefined ? {} : { configPath: path.resolve(values.config) };
  const loaded = loadConfiguration({ ...environment, ...configPath });
  const offline = values.offline || loaded.offline === true;
  const contentTrust = contentTrustOf(values);
  const configuration = {
    ...loaded,
    clusters: [],
    offline,
    // Whoever names an image names its registry.
    allow: [
      ...loaded.allow,
      ...(offline ? references.map(({ registry }) => apiHost(registry)) : []),
    ],
    contentTrust: contentTrust?.servers ?? loaded.contentTrust,
  };
  const file = values['trusted-root'];
  const trustRoots =
    file === undefined
      ? configuration.trustRoots
      : [{ name: 'command-line', kind: 'file' as const, path: path.resolve(file) }];
  const trustRoot = file === undefined ? 'public-good' : 'command-line';
  if (values['notation-policy'] !== undefined)
    return { ...configuration, trustRoots, authorities: notationAuthorities(values) };
  if (contentTrust !== undefined && contentTrust.authorities.length > 0)
    return { ...configuration, trustRoots, authorities: contentTrust.authorities };
  const written = authorityOf(values, trustRoot);
  if (written !== undefined) return { ...configuration, trustRoots, authorities: [written] };
  if (values.authority === undefined) return { ...configuration, trustRoots };
  const named = configuration.authorities.filter(({ name }) => name === values.authority);
  if (named.length === 0)
    throw new UsageError(`the configuration has no authority "${values.authority}"`);
  return { ...configuration, trustRoots, authorities: named };
}

/** The authority that the options describe; undefined when they describe none. */
function authorityOf(values: Values, trustRoot: string): Authority | undefined {
  const common = {
    name: 'command line',
    source: { kind: 'command-line' },
    images: ['**'],
    tlog: values['insecure-ignore-tlog'] ? 'ignored' : 'required',
    trustRoot,
  } as const;
  const fingerprinted = (authority: Parameters<typeof authorityFingerprint>[0]): Authority => ({
    ...authority,
    fingerprint: authorityFingerprint(authority),
  });
  if (values.key !== undefined)
    return fingerprinted({ ...common, kind: 'key', keys: [{ pem: readKey(values.key) }] });
  const subject = rule(values, 'certificate-identity');
  const issuer = rule(values, 'certificate-oidc-issuer');
  if (subject === undefined && issuer === undefined) return undefined;
  if (subject === undefined || issuer === undefined)
    throw new UsageError('--certificate-identity and --certificate-oidc-issuer go together');
  const sct = values['insecure-ignore-sct'] ? 'ignored' : 'required';
  return fingerprinted({ ...common, kind: 'keyless', identities: [{ subject, issuer }], sct });
}

function rule(
  values: Values,
  option: 'certificate-identity' | 'certificate-oidc-issuer',
): TextRule | undefined {
  const pattern = values[`${option}-regexp`];
  if (pattern !== undefined) return { kind: 'pattern', pattern };
  const value = values[option];
  return value === undefined ? undefined : { kind: 'exact', value };
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--key: ${(error as Error).message}`);
  }
}
