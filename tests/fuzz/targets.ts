import { derTargets } from './der-targets.ts';
import { expressionTargets } from './expression-targets.ts';
import { otherTargets } from './other-targets.ts';
import { policyTargets } from './policy-targets.ts';
import { sigstoreTargets } from './sigstore-targets.ts';
import type { Target } from './target.ts';

/** Every reader of bytes that an attacker writes. */
export const allTargets = async (): Promise<readonly Target[]> => [
  ...(await sigstoreTargets()),
  ...(await derTargets()),
  ...(await otherTargets()),
  ...policyTargets(),
  ...expressionTargets(),
];
