import { limits } from '#lib/model/limits.ts';
import { type Finding, notEvaluated } from '#lib/policy/finding.ts';
import { isIncomplete, isList, isObject, type Json } from './values.ts';

/** Thrown where an expression comes to what nobody here knows. */
export class OpenPath extends Error {
  readonly finding: Finding;
  constructor(why: string) {
    super(why);
    this.finding = notEvaluated(why);
  }
}

/** Thrown where the engine fails, and `missing` where that is only because a name is not there. */
export class PathError extends Error {
  readonly missing: boolean;
  constructor(why: string, missing = false) {
    super(why);
    this.missing = missing;
  }
}

/** One evaluation, with what it may still cost and the time that it takes for now. */
export interface PathRun {
  steps: number;
  readonly now?: Date;
}

/** Counts steps, and ends an evaluation that takes too many. */
export function spendSteps(run: PathRun, steps: number): void {
  run.steps += steps;
  if (run.steps > limits.expressionSteps)
    throw new OpenPath('the expression takes more steps than are made here');
}

/** Goes through all of a value, so that nothing is compared of which a part is missing here. */
export function wholeOf<T extends Json>(value: T, run: PathRun): T {
  spendSteps(run, 1);
  if (isList(value)) for (const one of value) wholeOf(one, run);
  else if (isObject(value)) {
    if (isIncomplete(value)) throw new OpenPath('the whole of the object is not kept here');
    for (const one of Object.values(value)) wholeOf(one, run);
  } else if (typeof value === 'string') spendSteps(run, Math.ceil(value.length / 64));
  return value;
}

/** A list or text that was made, if it is not too large. */
export function sizedOf<T extends string | readonly Json[]>(value: T, run: PathRun): T {
  const most =
    typeof value === 'string' ? limits.expressionResultText : limits.expressionResultItems;
  spendSteps(run, Math.ceil(value.length / 8));
  if (value.length > most) throw new OpenPath('the expression makes more than is kept here');
  return value;
}

/** Equality of all of two values; both are known as a whole. */
export function isEqual(one: Json, other: Json): boolean {
  if (isList(one))
    return (
      isList(other) &&
      one.length === other.length &&
      one.every((item, at) => isEqual(item, other[at] ?? null))
    );
  if (!isObject(one)) return one === other;
  if (!isObject(other) || isList(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isEqual(one[key] ?? null, other[key] ?? null))
  );
}
