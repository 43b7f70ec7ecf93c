import type { Engine, PolicySummary } from '#lib/model/policy.ts';
import type { Admission, AdmissionInput } from './admission.ts';
import { boundPolicies, openAdmissionPolicies } from './admission-policy/bound-policies.ts';
import {
  constraintModes,
  controllerModes,
  controlOf,
  kyvernoModes,
  unevaluatedModes,
} from './cluster-control.ts';
import { type ClusterObjects, sortObjects } from './cluster-objects.ts';
import { connaisseurPolicies } from './connaisseur/connaisseur-policies.ts';
import type { Decider } from './decisions/decider.ts';
import { TraitCollector } from './decisions/traits.ts';
import { unevaluatedDecider } from './decisions/unevaluated.ts';
import { webhookGate } from './decisions/webhook-gate.ts';
import { exemptNamespaces } from './exceptions/exempt-namespaces.ts';
import { bypassingExceptions, exceptionLedger } from './exceptions/ledger.ts';
import { unevaluatedOf } from './gatekeeper/decide.ts';
import { joinConstraints, openGatekeeper } from './gatekeeper/gatekeeper-decider.ts';
import { violationsReport } from './gatekeeper/violations-report.ts';
import { kubewardenPolicies } from './kubewarden/kubewarden-policies.ts';
import { kyvernoAsked, kyvernoSetup } from './kyverno/kyverno-asked.ts';
import { openKyverno } from './kyverno/kyverno-decider.ts';
import { openshiftPolicies } from './openshift/openshift-policies.ts';
import { defaultConfiguration } from './policy-controller/configuration.ts';
import {
  openPolicyController,
  policyControllerSetup,
} from './policy-controller/policy-controller-decider.ts';
import { portierisPolicies } from './portieris/portieris-policies.ts';
import { indexReports, reportedName } from './reports/report-index.ts';
import { secondOpinion } from './second-opinion/disagreements.ts';
import { visibilityOf } from './visibility.ts';
import type { AdmissionSurface } from './webhooks/admission-surface.ts';
import { findBypasses } from './webhooks/find-bypasses.ts';

/**
 * Reads the admission objects of one cluster, joins what belongs together and answers from indexes.
 * Objects that cannot be read are told in `unread`, and everything else is answered without them.
 */
export function openAdmission(input: AdmissionInput): Admission {
  const objects = sortObjects(input);
  const joined = joinConstraints(objects);
  const unevaluated = unevaluatedPolicies(objects);
  const policies = summariesOf(objects, joined, unevaluated);
  const engines = enginesOf(input, objects, policies);
  const deciders = decidersOf(input, objects, joined, unevaluated, engines);
  const restrict = restrictable(deciders);
  const reports = indexReports([
    ...objects.reports,
    ...joined.constraints.map(({ constraint }) => violationsReport(constraint)),
  ]);
  const exemptions = exemptNamespaces(objects, joined.configs, input.namespaces);
  const exceptions = exceptionLedger(input, objects, joined, policies, exemptions);
  const surface: AdmissionSurface = {
    ...(objects.webhooks && { webhooks: objects.webhooks }),
    ...(objects.services && { services: objects.services }),
    ...(objects.endpoints && { endpoints: objects.endpoints }),
    namespaces: input.namespaces,
    policies: policies.filter(({ verifies }) => verifies),
    exceptions: bypassingExceptions(exceptions),
    exemptions,
    now: input.now,
  };
  const modes = [
    ...kyvernoModes(objects),
    ...constraintModes(policies, objects),
    ...controllerModes(objects),
    ...unevaluated.flatMap(([, own]) => own.map(unevaluatedModes)),
  ];
  return {
    cluster: input.cluster,
    engines: input.engines,
    policies,
    unread: objects.unread,
    decide: (admitted, factsOf, { only } = {}) => {
      const asked = only === undefined ? deciders : restrict(only);
      return asked.flatMap((decider) => decider.decide(admitted, factsOf));
    },
    bypasses: findBypasses(surface),
    exceptions,
    control: () => controlOf(input.namespaces, engines, modes, surface),
    reportsAbout: reports.reportsAbout,
    reported: reports.reported,
    disagreements: secondOpinion({
      policies,
      reportsUnder: (engine, policy) => reports.reporting.has(reportedName(engine, policy)),
      versionsOf: (engine) =>
        input.engines.flatMap((one) => (one.engine === engine ? (one.version ?? []) : [])),
    }),
    visibility: visibilityOf(input.engines, sightSettings(objects)),
  };
}

/** Deciders of some policies alone, made once for each set. */
function restrictable(deciders: readonly Decider[]) {
  const made = new WeakMap<ReadonlySet<string>, readonly Decider[]>();
  return (only: ReadonlySet<string>): readonly Decider[] => {
    const before = made.get(only);
    if (before !== undefined) return before;
    const fewer = deciders
      .map((decider) => decider.only(only))
      .filter(({ hasPolicies }) => hasPolicies);
    made.set(only, fewer);
    return fewer;
  };
}

const sightSettings = (objects: ClusterObjects) => ({
  enableOci11:
    objects.of('policy-controller-configuration')[0]?.content.enableOci11 ??
    defaultConfiguration.enableOci11,
  ratifyVerifiers: [
    ...objects.of('ratify').map(({ content }) => content.plugin),
    ...objects
      .of('ratify-executor')
      .flatMap(({ content }) => content.verifiers.map(({ type }) => type)),
  ],
});

type Joined = ReturnType<typeof joinConstraints>;
type Unevaluated = ReturnType<typeof unevaluatedPolicies>;

const unevaluatedPolicies = (objects: ClusterObjects) =>
  [
    ['connaisseur', connaisseurPolicies(objects)],
    ['portieris', portierisPolicies(objects)],
    ['kubewarden', kubewardenPolicies(objects)],
    ['openshift', openshiftPolicies(objects)],
  ] as const;

/** Every policy once, as it works beside the objects that it belongs to. */
function summariesOf(
  objects: ClusterObjects,
  { constraints }: Joined,
  unevaluated: Unevaluated,
): readonly PolicySummary[] {
  const own = new Set<Engine>(['kyverno', 'policy-controller']);
  return [
    ...objects.all.flatMap(({ summary }) => (summary && own.has(summary.engine) ? [summary] : [])),
    ...constraints.map(({ constraint: { head, mode }, template }): PolicySummary => {
      const { reference, createdAt } = head;
      return {
        reference,
        engine: 'gatekeeper',
        mode,
        verifies: (template?.providers.length ?? 0) > 0,
        images: [],
        authorities: [],
        unevaluated: unevaluatedOf(template),
        ...(createdAt !== undefined && { createdAt }),
      };
    }),
    ...boundPolicies(objects).map(({ summary }) => summary),
    ...unevaluated.flatMap(([, policies]) => policies.map(({ summary }) => summary)),
  ];
}

/** Engines that run, that have policies, or that webhooks ask. */
const enginesOf = (
  { engines }: AdmissionInput,
  { webhooks = [], of }: ClusterObjects,
  policies: readonly PolicySummary[],
): readonly Engine[] => [
  ...new Set([
    ...engines.map(({ engine }) => engine),
    ...policies.map(({ engine }) => engine),
    ...webhooks.flatMap(({ engine }) => engine ?? []),
    ...of('policy-controller-configuration').map(() => 'policy-controller' as const),
  ]),
];

function decidersOf(
  { cluster, engines: installed, now }: AdmissionInput,
  objects: ClusterObjects,
  joined: Joined,
  unevaluated: Unevaluated,
  engines: readonly Engine[],
): readonly Decider[] {
  const gateOf = (engine: Engine) => webhookGate(engine, objects.webhooks);
  const kyverno = kyvernoSetup(cluster, objects, installed);
  const controller = policyControllerSetup(cluster, objects, installed);
  const deciders = [
    ...openKyverno(objects, kyvernoAsked(objects, kyverno, gateOf('kyverno'), now)),
    ...(engines.includes('policy-controller')
      ? [
          openPolicyController(
            objects.of('cluster-image-policy'),
            controller,
            gateOf('policy-controller'),
          ),
        ]
      : []),
    openGatekeeper(joined, gateOf('gatekeeper')),
    openAdmissionPolicies(boundPolicies(objects)),
    ...unevaluated.map(([engine, policies]) =>
      unevaluatedDecider(engine, policies, gateOf(engine), new TraitCollector()),
    ),
  ];
  return deciders.filter(({ hasPolicies }) => hasPolicies);
}
