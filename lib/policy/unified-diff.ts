/** Lines around a change that are shown with it. */
const context = 3;
/** Beyond this many differing lines on both sides, all of one side give way to all of the other. */
const mostCompared = 2_000_000;

type Edit = readonly [sign: ' ' | '-' | '+', line: string];

/** The difference of two texts as `diff -u` writes it, without times; empty where there is none. */
export function unifiedDiff(name: string, before: string, after: string): string {
  const edits = editsOf(linesOf(before), linesOf(after));
  const changed = edits.flatMap(([sign], index) => (sign === ' ' ? [] : [index]));
  if (changed.length === 0) return '';
  const lines = [`--- a/${name}`, `+++ b/${name}`];
  let begin = changed[0] ?? 0;
  for (const [at, index] of changed.entries()) {
    const next = changed[at + 1];
    if (next !== undefined && next - index <= 2 * context) continue;
    lines.push(...hunkOf(edits, Math.max(begin - context, 0), index + context + 1));
    begin = next ?? begin;
  }
  return `${lines.join('\n')}\n`;
}

const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n');

function hunkOf(edits: readonly Edit[], from: number, to: number): readonly string[] {
  const countOf = (part: readonly Edit[], other: '-' | '+') =>
    part.filter(([sign]) => sign !== other).length;
  const [before, within] = [edits.slice(0, from), edits.slice(from, to)];
  const range = (other: '-' | '+') => {
    const count = countOf(within, other);
    return `${countOf(before, other) + (count === 0 ? 0 : 1)},${count}`;
  };
  return [`@@ -${range('+')} +${range('-')} @@`, ...within.map(([sign, line]) => `${sign}${line}`)];
}

function editsOf(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (line: string): Edit => [' ', line];
  return [
    ...before.slice(0, head).map(same),
    ...changesOf(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** The longest common subsequence, by the table of its lengths. */
function changesOf(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const width = after.length + 1;
  if (before.length * width > mostCompared)
    return [...before.map((line): Edit => ['-', line]), ...after.map((line): Edit => ['+', line])];
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  return walk(before, after, at);
}

function walk(
  before: readonly string[],
  after: readonly string[],
  at: (i: number, j: number) => number,
): readonly Edit[] {
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, young] = [before[i], after[j]];
    if (old !== undefined && old === young) {
      edits.push([' ', old]);
      i += 1;
      j += 1;
    } else if (old !== undefined && (young === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push(['-', old]);
      i += 1;
    } else {
      edits.push(['+', young ?? '']);
      j += 1;
    }
  }
  return edits;
}
