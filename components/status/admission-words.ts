import {
  CircleQuestionMark,
  CircleSlash,
  Eye,
  Lock,
  LogIn,
  type LucideIcon,
  Minus,
  TriangleAlert,
  Unplug,
} from 'lucide-react';
import type { AdmissionEvent } from '#lib/model/admission.ts';
import type { EngineResult } from '#lib/model/engine-report.ts';
import type { DecisionOutcome, Engine, PolicyMode } from '#lib/model/policy.ts';

/** Engines as they write their own names. */
export const engineNames: Readonly<Record<Engine, string>> = {
  kyverno: 'Kyverno',
  'policy-controller': 'policy-controller',
  gatekeeper: 'Gatekeeper',
  'validating-admission-policy': 'ValidatingAdmissionPolicy',
  connaisseur: 'Connaisseur',
  portieris: 'Portieris',
  kubewarden: 'Kubewarden',
  openshift: 'OpenShift',
};

/** `Kyverno v1.15.2`; says so where the version is not known. */
export const engineText = (engine: Engine, version: string | null): string =>
  `${engineNames[engine]} ${version ?? '(version not known)'}`;

interface Word {
  readonly word: string;
  readonly Icon: LucideIcon;
  /** Class of the icon's colour. */
  readonly color: string;
  /** What the word leaves out, for the tooltip. */
  readonly says?: string;
}

/**
 * What an admission decision is called: icon and word always, colour third. To be admitted
 * proves nothing and a warning refuses nothing, so neither has the colour of a verdict.
 */
export const decisionWords: Readonly<Record<DecisionOutcome, Word>> = {
  admit: { word: 'Admitted', Icon: LogIn, color: 'text-ink-3' },
  warn: { word: 'Warned', Icon: TriangleAlert, color: 'text-ink' },
  refuse: { word: 'Refused', Icon: CircleSlash, color: 'text-invalid' },
  error: {
    word: 'Blocked unseen',
    Icon: Unplug,
    color: 'text-inconclusive',
    says: 'It would be blocked: nobody could look',
  },
  'not-evaluated': {
    word: 'Not evaluated',
    Icon: CircleQuestionMark,
    color: 'text-inconclusive',
    says: 'The rule has a part that cannot be evaluated here: what it decides is not known',
  },
};

/** What a policy does with a pod that it finds fault with. */
export const modeWords: Readonly<Record<PolicyMode, Word>> = {
  enforce: { word: 'Enforce', Icon: Lock, color: 'text-ink' },
  warn: { word: 'Warn', Icon: TriangleAlert, color: 'text-ink-2' },
  audit: { word: 'Audit', Icon: Eye, color: 'text-ink-2' },
  none: { word: 'None', Icon: Minus, color: 'text-ink-3' },
};

/** What an engine wrote into its report. */
export const engineResultWords: Readonly<Record<EngineResult, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  warn: 'Warned',
  error: 'Error',
  skip: 'Skipped',
  unstated: 'No result',
};

/** The next moment at which Kubernetes asks admission, as a word and in a sentence. */
export const eventWords: Readonly<
  Record<AdmissionEvent, { readonly word: string; readonly next: string }>
> = {
  rollout: { word: 'Rollout', next: 'rollout' },
  drain: { word: 'Drain', next: 'node drain' },
  'scale-up': { word: 'Scale-up', next: 'scale-up' },
  'cron-tick': { word: 'Cron tick', next: 'cron tick' },
  retry: { word: 'Retry', next: 'retry' },
  recreation: { word: 'Recreation', next: 'recreation' },
  never: { word: 'Never', next: 'start, of which none is expected' },
};
