import type { InstalledEngine } from '#lib/model/admission.ts';
import type { ClusterObjects, StartedContainer, Typed } from '#lib/policy/cluster-objects.ts';
import { policyKey } from '#lib/policy/decisions/decider.ts';
import { TraitCollector } from '#lib/policy/decisions/traits.ts';
import type { Gate } from '#lib/policy/decisions/webhook-gate.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import { defaultKyvernoConfiguration } from './configuration.ts';
import type { ResourceMatchSpec } from './schema.ts';
import type { KyvernoException, KyvernoSetup } from './setup.ts';
import { isSince } from './version.ts';

/** A policy of either kind of Kyverno. */
export type AnyKyvernoPolicy = Typed<'kyverno-policy'> | Typed<'image-validating-policy'>;

/** Kyverno as its policies find it in a cluster. */
export interface KyvernoAsked {
  readonly setup: KyvernoSetup;
  readonly gate: Gate;
  readonly exceptions: readonly KyvernoException[];
  /** Those that name one of some policies. */
  readonly exceptionsOf: (policies: readonly AnyKyvernoPolicy[]) => readonly KyvernoException[];
}

/** How Kyverno stands: its ConfigMap, its version, and its arguments where a Deployment shows them. */
export function kyvernoSetup(
  cluster: string,
  objects: Pick<ClusterObjects, 'of' | 'started'>,
  engines: readonly InstalledEngine[],
): KyvernoSetup {
  const version = engines.find((one) => one.engine === 'kyverno' && one.version)?.version;
  const exceptions = exceptionFlags(objects.started.filter(isAdmissionController), version);
  return {
    cluster,
    configuration: objects.of('kyverno-configuration')[0]?.content ?? defaultKyvernoConfiguration,
    ...(version !== undefined && { version }),
    ...(exceptions && { exceptions }),
  };
}

/** Its other controllers are started otherwise, from images of other names. */
const isAdmissionController = ({ deployment, image }: StartedContainer): boolean =>
  image === ''
    ? /^kyverno(?:-admission-controller)?$/.test(deployment)
    : /(?:^|\/)kyverno\/kyverno(?:[:@]|$)/.test(image);

/**
 * Whether exceptions are on by default changed over the versions, so both flags must be written, or
 * exceptions be turned off. Since 1.13 there are none without a namespace (CVE-2024-48921).
 */
function exceptionFlags(
  started: readonly StartedContainer[],
  version: string | undefined,
): KyvernoSetup['exceptions'] {
  if (started.length === 0) return undefined;
  const flags = started.flatMap(({ args }) => args);
  const flagOf = (name: string) => {
    const flag = flags.find((one) => new RegExp(`^--?${name}(=|$)`).test(one));
    return flag?.includes('=') ? flag.slice(flag.indexOf('=') + 1) : flag && 'true';
  };
  const enabled = flagOf('enablePolicyException');
  const namespace = flagOf('exceptionNamespace') ?? '';
  if (enabled === 'false') return { enabled: false, namespace: '' };
  if (namespace === '') return isSince(version, 13) ? { enabled: false, namespace: '' } : undefined;
  return enabled === 'true' ? { enabled: true, namespace } : undefined;
}

/**
 * True for an exception whose time has passed and that the engine drops for that: of policies in CEL,
 * at admission, since 1.19. Every other one holds on after its date.
 * @see https://github.com/kyverno/kyverno/pull/16299
 */
export function isDropped(
  { content }: KyvernoException,
  { version }: Pick<KyvernoSetup, 'version'>,
  now: Date,
): boolean {
  if (content.type !== 'kyverno-cel-exception' || content.expiresAt === undefined) return false;
  const expiry = Date.parse(content.expiresAt);
  return isSince(version, 19) && !Number.isNaN(expiry) && expiry <= now.getTime();
}

/** What Kyverno is asked with: exceptions are found by the policies that they name. */
export function kyvernoAsked(
  objects: Pick<ClusterObjects, 'of'>,
  setup: KyvernoSetup,
  gate: Gate,
  now: Date,
): KyvernoAsked {
  const exceptions = [
    ...objects.of('kyverno-exception'),
    ...objects.of('kyverno-cel-exception'),
  ].filter((one) => !isDropped(one, setup, now));
  const byName = new Map<string, KyvernoException[]>();
  for (const exception of exceptions)
    for (const name of new Set(policyNames(exception)))
      byName.set(name, [...(byName.get(name) ?? []), exception]);
  return {
    setup,
    gate,
    exceptions,
    exceptionsOf: (policies) => [
      ...new Set(policies.flatMap(({ head }) => byName.get(head.reference.name) ?? [])),
    ],
  };
}

const policyNames = ({ content }: KyvernoException): readonly string[] =>
  content.type === 'kyverno-cel-exception'
    ? content.policyRefs.map(({ name }) => name)
    : content.exceptions.map(({ policyName }) => policyName.split('/').at(-1) ?? '');

/** Whether an exception asks for more of an object than its kind, names and labels. */
export const hasConditions = ({ content }: KyvernoException): boolean =>
  content.type === 'kyverno-cel-exception' ? content.conditions.length > 0 : content.hasConditions;

/** Chooses policies by their keys. */
export const keyIn =
  (keys: ReadonlySet<string>) =>
  ({ head }: AnyKyvernoPolicy): boolean =>
    keys.has(policyKey(head.reference));

/** What the settings of Kyverno and its exceptions look at. */
export function settingsTraits({ setup, gate, exceptions }: KyvernoAsked): TraitCollector {
  const traits = new TraitCollector();
  gate.collect(traits);
  const { resourceFilters, namespaceSelector } = setup.configuration;
  for (const { name } of resourceFilters) traits.addName(name, compileWildcard);
  traits.addSelector('namespaceLabels', namespaceSelector);
  for (const { content } of exceptions)
    if (content.type === 'kyverno-exception') collectMatch(content.match, traits);
  return traits;
}

/** What a block of `match` or `exclude` looks at. */
export function collectMatch(match: ResourceMatchSpec, traits: TraitCollector): void {
  for (const { resources } of [match, ...(match.any ?? []), ...(match.all ?? [])]) {
    const { name, names = [], selector, namespaceSelector } = resources ?? {};
    traits.addSelector('labels', selector);
    traits.addSelector('namespaceLabels', namespaceSelector);
    for (const one of [...(name ? [name] : []), ...names]) traits.addName(one, compileWildcard);
  }
}
