import { isAsked, verifies } from '#lib/lab/plan/admission-decisions.ts';
import type {
  PlannedAdmission,
  PlannedBypassRow,
  PlannedEngine,
  PlannedWebhook,
} from '#lib/lab/plan/planned-admission.ts';
import type { BypassCode } from '#lib/model/bypass.ts';
import type { Engine } from '#lib/model/policy.ts';

/** Seconds that a first verification may take; a webhook that waits less gives up on some. */
const patience = 10;

/** Engines that nobody asks by a webhook: the API server, and nodes. */
const withoutWebhooks: ReadonlySet<Engine> = new Set(['validating-admission-policy', 'openshift']);

/** Every way past the engines of a cluster, each once. */
export function plannedBypasses(
  admission: PlannedAdmission,
  namespaces: readonly string[],
): PlannedBypassRow[] {
  const rows = admission.engines.flatMap(({ engine, ...setup }) => {
    const webhooks = admission.webhooks.filter((one) => one.engine === engine);
    const policies = admission.policies.filter((one) => one.engine === engine && verifies(one));
    // Whoever asks for no signatures and is not asked about pods is no way past anything.
    if (policies.length + webhooks.length === 0) return [];
    const row = (code: BypassCode, name: string = engine): PlannedBypassRow => ({
      cluster: admission.cluster,
      engine,
      code,
      name,
    });
    const exempt = namespaces.filter((one) => !isAsked({ engine, ...setup }, one));
    return [
      // Nodes check what they pull, also for static pods.
      ...(engine === 'openshift' ? [] : [row('static-pod')]),
      ...(webhooks.length === 0 && !withoutWebhooks.has(engine) ? [row('config-missing')] : []),
      ...(webhooks.length === 0 ? [] : lacking(webhooks).map((code) => row(code))),
      ...(webhooks.length === 0 ? [] : exempt.map((one) => row('namespace-exempt', one))),
      ...webhooks.flatMap((webhook) =>
        signsOf(webhook, admission).map((code) => row(code, webhook.name)),
      ),
      ...policies
        .filter(({ mode }) => mode !== 'enforce')
        .map(({ name }) => row('not-enforced', name)),
      // Every policy of the lab is younger than its pods.
      ...policies.map(({ name }) => row('pods-older-than-policy', name)),
      ...exceptionsOf(admission, { engine, ...setup }).map((name) => row('exception', name)),
    ];
  });
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

/** What none of the webhooks of an engine is asked. */
function lacking(webhooks: readonly PlannedWebhook[]): readonly BypassCode[] {
  const asks = (operation: 'CREATE' | 'UPDATE') =>
    webhooks.some(({ operations }) => operations.includes(operation));
  return [
    ...(asks('CREATE') ? [] : (['rules-lack-create'] as const)),
    ...(asks('UPDATE') ? [] : (['rules-lack-update'] as const)),
    ...(webhooks.some(({ ephemeral }) => ephemeral)
      ? []
      : (['rules-lack-ephemeral-containers'] as const)),
  ];
}

const certificates = {
  good: [],
  expired: ['ca-expired'],
  missing: ['ca-missing'],
  unreadable: ['ca-unreadable'],
} as const satisfies Record<PlannedWebhook['ca'], readonly BypassCode[]>;

function signsOf(
  webhook: PlannedWebhook,
  { services }: Pick<PlannedAdmission, 'services'>,
): readonly BypassCode[] {
  const service = services.find(
    ({ namespace, name }) =>
      namespace === webhook.service.namespace && name === webhook.service.name,
  );
  return [
    ...(service === undefined ? (['service-missing'] as const) : []),
    ...(service?.ready === 0 ? (['no-endpoints'] as const) : []),
    ...certificates[webhook.ca],
    ...(webhook.failurePolicy === 'Ignore' ? (['failure-policy-ignore'] as const) : []),
    ...(webhook.timeoutSeconds < patience ? (['timeout-short'] as const) : []),
    ...(webhook.matchPolicy === 'Exact' ? (['match-policy-exact'] as const) : []),
    ...(webhook.matchCondition === undefined ? [] : (['match-condition'] as const)),
    ...(webhook.objectLabel === undefined ? [] : (['object-selector'] as const)),
  ];
}

/** Names of the objects that set rules aside, where the engine heeds them. */
function exceptionsOf(
  { exceptions, policies }: PlannedAdmission,
  { engine, noMatch = 'deny', ratify }: PlannedEngine,
): readonly string[] {
  const own = policies.filter((policy) => policy.engine === engine);
  return [
    ...(engine === 'kyverno'
      ? exceptions.filter(({ honoured }) => honoured).map(({ name }) => name)
      : []),
    ...own.filter(({ skips }) => skips.length > 0).map(({ name }) => name),
    ...own.filter(({ demand }) => demand.kind === 'static-pass').map(({ name }) => name),
    ...(ratify ? ['verifier-notation'] : []),
    ...(noMatch === 'deny' ? [] : ['config-policy-controller']),
  ];
}
