import {
  type CelFunc,
  CelScalar,
  type CelValue,
  celFunc,
  celMethod,
  listType,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { RE2JS } from 're2js';
import { limits } from '#lib/model/limits.ts';
import { notEvaluated } from '#lib/policy/finding.ts';
import { remembered } from '#lib/policy/remembered.ts';
import { fail, type Machine } from './functions.ts';
import { leaveOpen, spend } from './run.ts';

const { BOOL, DYN, INT, STRING } = CelScalar;
const texts = listType(STRING);

/** What of the package is as in the engines; limits, empty texts and sizes are our own. */
const taken = new Set([
  'charAt',
  'indexOf',
  'lastIndexOf',
  'lowerAscii',
  'upperAscii',
  'substring',
  'trim',
]);

const compiled = remembered((pattern: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
});

/**
 * Functions on texts: the strings extension, and `find`, `findAll`, `isSorted` of Kubernetes. Expressions
 * are those of RE2, searched anywhere.
 * @see https://kubernetes.io/docs/reference/using-api/cel/
 */
export function textFunctions({ run }: Pick<Machine, 'run'>): CelFunc[] {
  const search = (text: string, pattern: string): RE2JS => {
    spend(run(), Math.ceil((text.length * pattern.length) / 256) + 1);
    if (pattern.length > 1_000)
      leaveOpen(run(), notEvaluated('a regular expression is longer than what is evaluated here'));
    return compiled(pattern) ?? fail(`${pattern.slice(0, 100)} is no regular expression`);
  };
  const replace = (text: string, old: string, by: string, most: bigint): string => {
    if (old === '')
      return leaveOpen(run(), notEvaluated('replacing the empty text is not evaluated here'));
    const parts = text.split(old);
    const count = most < 0n ? parts.length - 1 : Math.min(Number(most), parts.length - 1);
    tooLong(text.length + count * by.length);
    return (
      parts
        .slice(0, count)
        .map((part) => part + by)
        .join('') + parts.slice(count).join(old)
    );
  };
  const tooLong = (length: number) => {
    spend(run(), Math.ceil(length / 16));
    if (length > limits.expressionResultText)
      leaveOpen(run(), notEvaluated('the expression makes a text that is too long'));
  };
  const join = (list: Iterable<CelValue>, by: string): string => {
    const parts = [...list].map((one) =>
      typeof one === 'string' ? one : fail('join of no texts'),
    );
    tooLong(parts.reduce((sum, part) => sum + part.length + by.length, 0));
    return parts.join(by);
  };
  const found = (text: string, pattern: string, most: number): string[] => {
    const matcher = search(text, pattern).matcher(text);
    const all: string[] = [];
    while (all.length < most && matcher.find()) {
      all.push(matcher.group() ?? '');
      spend(run(), 1);
    }
    return all;
  };
  return [
    ...strings.filter(({ name }) => taken.has(name)),
    celFunc('@matches', [STRING, STRING], BOOL, (text, pattern) =>
      search(text, pattern).matcher(text).find(),
    ),
    celFunc('@find', [STRING, STRING], STRING, (text, pattern) => found(text, pattern, 1)[0] ?? ''),
    celFunc('@findAll', [STRING, STRING], texts, (text, pattern) =>
      found(text, pattern, Number.POSITIVE_INFINITY),
    ),
    celFunc('@findAll', [STRING, STRING, INT], texts, (text, pattern, most) =>
      found(text, pattern, most < 0n ? Number.POSITIVE_INFINITY : Number(most)),
    ),
    celFunc('@replace', [STRING, STRING, STRING], STRING, (text, old, by) =>
      replace(text, old, by, -1n),
    ),
    celFunc('@replace', [STRING, STRING, STRING, INT], STRING, replace),
    celMethod('split', STRING, [STRING], texts, function (by) {
      return split(this, by, -1n);
    }),
    celMethod('split', STRING, [STRING, INT], texts, function (by, most) {
      return split(this, by, most);
    }),
    celMethod('join', listType(DYN), [], STRING, function () {
      return join(this, '');
    }),
    celMethod('join', listType(DYN), [STRING], STRING, function (by) {
      return join(this, by);
    }),
  ];
}

/** As in Go: the last part holds all of the rest. */
function split(text: string, by: string, most: bigint): string[] {
  if (most === 0n) return [];
  const parts = by === '' ? [...text] : text.split(by);
  const count = Number(most);
  if (most < 0n || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(by)];
}
