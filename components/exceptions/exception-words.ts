import type { BypassRow } from '#lib/contract/exceptions.ts';
import type { ExceptionFault, ExceptionKind } from '#lib/model/admission.ts';

/** What each way of setting rules aside is called. */
export const exceptionKindWords: Readonly<Record<ExceptionKind, string>> = {
  'policy-exception': 'PolicyException',
  'skip-image-references': 'Skipped images',
  'static-pass': 'Static pass',
  'exempt-namespace': 'Exempt namespace',
  'dry-run': 'Dry run',
  'failure-policy-ignore': 'Failure lets pods in',
  'notation-skip': 'Notation level skip',
  'not-opted-in': 'Not opted in',
  'no-match-allow': 'No match is allowed',
};

interface FaultWord {
  readonly word: string;
  /** What it means and what to do. */
  readonly says: string;
}

/** What is wrong with an exception itself. */
export const faultWords: Readonly<Record<ExceptionFault, FaultWord>> = {
  expired: {
    word: 'Expired',
    says: 'Its date has passed and it still stands: the engine does not read that date. Delete it, or agree on another.',
  },
  unused: {
    word: 'Unused',
    says: 'No workload relies on it now. Delete it before one does.',
  },
  'too-broad': {
    word: 'Too broad',
    says: 'It sets more free than what needs it. Name the namespaces, workloads and images that it is for.',
  },
  'no-owner': {
    word: 'No owner',
    says: 'Nobody is named who answers for it. Write down who does.',
  },
  'no-expiry': {
    word: 'No expiry',
    says: 'It holds until somebody remembers it. Write down a date.',
  },
  'not-honoured': {
    word: 'Not honoured',
    says: 'The engine does not obey it, so what counts on it is not set free.',
  },
};

/** What a way past an engine does to pods. */
export const effectWords: Readonly<Record<BypassRow['effect'], FaultWord>> = {
  passes: { word: 'Lets pods in', says: 'Pods get in unexamined, now or whenever it fails.' },
  blocks: {
    word: 'Blocks pods',
    says: 'Nothing gets in, until somebody takes the webhook away: then everything does.',
  },
};
