import type { CelInput, CelValue } from '@bufbuild/cel';
import { limits } from '#lib/model/limits.ts';
import { type Finding, notEvaluated } from '#lib/policy/finding.ts';

/** Whether something that is looked for is there; throws where that is open. */
export type Decide = (what: string, finding: Finding) => boolean;

/** What an expression can name. */
export interface CelScope {
  /** Variables by name, each a value or what makes it when it is asked for. */
  readonly values: Readonly<Record<string, CelInput>>;
  /** Expressions behind `variables.<name>`, evaluated when they are asked for. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Functions that only this scope has. */
  readonly functions?: Readonly<
    Record<string, (args: readonly CelValue[], decide: Decide) => CelInput>
  >;
}

/** Thrown where an expression comes to what nobody here knows: an error that says so at the end. */
class OpenError extends Error {}

/** One evaluation: what it may still cost, and what it came upon that nobody knows. */
export interface CelRun {
  readonly scope: CelScope;
  /** What was assumed of things that are open. */
  readonly assumed: ReadonlyMap<string, boolean>;
  readonly open: Finding[];
  /** The first open thing of which nothing was assumed. */
  undecided?: string;
  steps: number;
  readonly memo: Map<string, CelValue | Error>;
}

export const newRun = (scope: CelScope, assumed: ReadonlyMap<string, boolean>): CelRun => ({
  scope,
  assumed,
  open: [],
  steps: 0,
  memo: new Map(),
});

/** Counts steps of an evaluation, and ends one that takes too many. */
export function spend(run: CelRun, steps: number): void {
  run.steps += steps;
  if (run.steps <= limits.expressionSteps) return;
  leaveOpen(run, notEvaluated('the expression takes more steps than are made here'));
}

/** Says what is unknown, as an error that a definite answer beside it outweighs. */
export function leaveOpen(run: CelRun, finding: Finding): never {
  if (run.open.length < limits.documentProblems) run.open.push(finding);
  throw new OpenError(finding.why);
}

/** Whether something is there, as it was found or as this run assumes. */
export function decideIn(run: CelRun, what: string, finding: Finding): boolean {
  if (finding.met === 'yes' || finding.met === 'no') return finding.met === 'yes';
  const assumed = run.assumed.get(what);
  if (assumed !== undefined) return assumed;
  run.undecided ??= what;
  return leaveOpen(run, finding);
}
