/** Stands for any one character in a shape: an unescaped dot. */
export const looseDot = '\u{E000}';
/** Stands for any text without a slash: a class, with or without repetition. */
export const withinSegment = '\u{E001}';
/** Stands for any text at all. */
export const anyText = '\u{E002}';

/** Shapes looked at for one pattern; what is wilder than that has no shape. */
const mostShapes = 64;
const longestPattern = 2_048;
/** Groups within groups; the reading calls itself for each. */
const deepest = 32;

interface Node {
  readonly shapes: readonly string[];
  readonly next: number;
}

/**
 * What an RE2 pattern fixes and what it leaves open, as texts with marks for the open places: one for
 * each way through its alternatives and optional parts. Written for lint, not for matching: repetition
 * is read as "any". Undefined for a pattern that is too large or that this simple reading cannot follow.
 */
export function shapesOf(pattern: string): readonly string[] | undefined {
  if (pattern.length > longestPattern) return undefined;
  const read = alternatives(pattern, 0, 0);
  return read === undefined || read.next !== pattern.length ? undefined : read.shapes;
}

function alternatives(pattern: string, start: number, depth: number): Node | undefined {
  if (depth > deepest) return undefined;
  const all: string[] = [];
  let at = start;
  for (;;) {
    const branch = sequence(pattern, at, depth);
    if (branch === undefined) return undefined;
    all.push(...branch.shapes);
    if (all.length > mostShapes) return undefined;
    if (pattern[branch.next] !== '|') return { shapes: all, next: branch.next };
    at = branch.next + 1;
  }
}

function sequence(pattern: string, start: number, depth: number): Node | undefined {
  let shapes: readonly string[] = [''];
  let at = start;
  while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
    const atom = readAtom(pattern, at, depth);
    if (atom === undefined) return undefined;
    const repeated = repeat(pattern, atom);
    shapes = shapes.flatMap((head) => repeated.shapes.map((tail) => head + tail));
    if (shapes.length > mostShapes) return undefined;
    at = repeated.next;
  }
  return { shapes, next: at };
}

function readAtom(pattern: string, at: number, depth: number): Node | undefined {
  const character = pattern[at] ?? '';
  switch (character) {
    case '(':
      return readGroup(pattern, at, depth);
    case '[':
      return readClass(pattern, at);
    case '\\':
      return readEscape(pattern, at);
    case '.':
      return { shapes: [looseDot], next: at + 1 };
    case '^':
    case '$':
      return { shapes: [''], next: at + 1 };
    default:
      return { shapes: [character], next: at + 1 };
  }
}

const groupStart = /\((?:\?(?:P?<\w+>|[imsU-]*:))?/y;
const flags = /\(\?[imsU-]+\)/y;

function readGroup(pattern: string, at: number, depth: number): Node | undefined {
  flags.lastIndex = at;
  const setting = flags.exec(pattern)?.[0];
  if (setting !== undefined) return { shapes: [''], next: at + setting.length };
  groupStart.lastIndex = at;
  const opening = groupStart.exec(pattern)?.[0];
  if (opening === undefined) return undefined;
  const inner = alternatives(pattern, at + opening.length, depth + 1);
  if (inner === undefined || pattern[inner.next] !== ')') return undefined;
  return { shapes: inner.shapes, next: inner.next + 1 };
}

const characterClass = /\[(\^?)(\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*)\]/y;

function readClass(pattern: string, at: number): Node | undefined {
  characterClass.lastIndex = at;
  const found = characterClass.exec(pattern);
  if (!found) return undefined;
  const [text, negated, members = ''] = found;
  // A class leaves a segment when it lets a slash through.
  const crosses = negated ? !/\//.test(members) : /\/|\\[SWD]|[ -/]-/.test(members);
  return { shapes: [crosses ? anyText : withinSegment], next: at + text.length };
}

const wideEscape = /\\(?:[SWDC]|P\{?|p\{?)/;

function readEscape(pattern: string, at: number): Node | undefined {
  const quoted = /\\Q(.*?)(?:\\E|$)/sy;
  quoted.lastIndex = at;
  const literal = quoted.exec(pattern);
  if (literal) return { shapes: [literal[1] ?? ''], next: at + literal[0].length };
  const escaped = /\\(?:[pP]\{[^}]*\}|[pP].|x\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|.)/suy;
  escaped.lastIndex = at;
  const text = escaped.exec(pattern)?.[0];
  if (text === undefined) return undefined;
  const next = at + text.length;
  if (/^\\[AzbB]/.test(text)) return { shapes: [''], next };
  if (/^\\[dws]/.test(text)) return { shapes: [withinSegment], next };
  if (wideEscape.test(text)) return { shapes: [anyText], next };
  return { shapes: [text.startsWith('\\x') ? hexadecimal(text) : text.slice(1)], next };
}

const hexadecimal = (text: string): string => {
  const code = Number.parseInt(text.replaceAll(/[^0-9a-fA-F]/g, ''), 16);
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : anyText;
};

const quantifier = /(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/y;

/** An optional part is there or not; a repeated one may be anything that its kind allows. */
function repeat(pattern: string, { shapes, next }: Node): Node {
  quantifier.lastIndex = next;
  const found = quantifier.exec(pattern)?.[0];
  if (found === undefined) return { shapes, next };
  const after = next + found.length;
  if (found.startsWith('?')) return { shapes: [...shapes, ''], next: after };
  const wide = shapes.some((shape) => /[\u{E000}\u{E002}/]/u.test(shape));
  return { shapes: [wide ? anyText : withinSegment], next: after };
}
