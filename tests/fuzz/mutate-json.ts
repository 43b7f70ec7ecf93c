import { mutateBytes } from './mutate-bytes.ts';
import type { Tape } from './tape.ts';

/** JSON as it is written: objects may have a member twice, and numbers are text. */
type Node =
  | { readonly kind: 'object'; readonly members: (readonly [string, Node])[] }
  | { readonly kind: 'list'; readonly items: Node[] }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'raw'; readonly text: string };

const raw = (text: string): Node => ({ kind: 'raw', text });

/** What is nested deeper than any reader goes stays as it is. */
const nodeOf = (value: unknown, depth = 0): Node => {
  if (typeof value === 'string') return { kind: 'text', value };
  if (typeof value !== 'object' || value === null || depth > 100) return raw(JSON.stringify(value));
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => nodeOf(item, depth + 1)) };
  const members = Object.entries(value).map(
    ([name, member]) => [name, nodeOf(member, depth + 1)] as const,
  );
  return { kind: 'object', members };
};

const write = (node: Node): string => {
  switch (node.kind) {
    case 'raw':
      return node.text;
    case 'text':
      return JSON.stringify(node.value);
    case 'list':
      return `[${node.items.map(write).join(',')}]`;
    case 'object':
      return `{${node.members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
  }
};

const odd: readonly Node[] = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '9007199254740993',
  '18446744073709551616',
  '0.5',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"__proto__"',
  '[]',
  '{}',
  '[[]]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{}}}',
  '"="',
  '"AA=="',
  '"1970-01-01T00:00:00Z"',
  '"999999999999999999999"',
  // What our own answers look like.
  '{"refused":true,"status":"verified","reason":"no-signature","detail":""}',
  '{"status":"verified","proves":"signed","holds":true,"checks":[]}',
  '{"kind":"refused","problems":[]}',
  '{"problem":"","unreadable":"","reason":"no-signature"}',
  '01',
  'NaN',
  '',
].map(raw);

const depths = [1, 2, 3, 33, 200, 5_000];

/** Changes one value of a JSON text, or what is written inside a base64 value of it. */
export function mutateJson(bytes: Buffer, tape: Tape, depth = 0): Buffer {
  const tree = parsed(bytes);
  if (tree === undefined) return mutateBytes(bytes, tape);
  const places = placesIn(tree);
  const place = tape.pick(places);
  const all = () => tape.pick(places).node;
  const changed = changeOf(place.node, tape, all, depth);
  return Buffer.from(write(replace(tree, place.path, changed, tape)));
}

function parsed(bytes: Buffer): Node | undefined {
  try {
    return nodeOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

interface Place {
  readonly node: Node;
  readonly path: readonly number[];
}

function childrenOf(node: Node): readonly Node[] {
  if (node.kind === 'list') return node.items;
  return node.kind === 'object' ? node.members.map(([, member]) => member) : [];
}

const placesIn = (node: Node, path: readonly number[] = []): Place[] => [
  { node, path },
  ...childrenOf(node).flatMap((child, index) => placesIn(child, [...path, index])),
];

function changeOf(node: Node, tape: Tape, other: () => Node, depth: number): Node | undefined {
  switch (tape.next(8)) {
    case 0:
      return undefined;
    case 1:
      return tape.pick(odd);
    case 2:
      return other();
    case 3: {
      const deep = tape.pick(depths);
      return raw(`${'['.repeat(deep)}${write(node)}${']'.repeat(deep)}`);
    }
    case 4:
      return {
        kind: 'list',
        items: Array<Node>(1 + tape.next(tape.pick([2, 3, 5, 40, 300]))).fill(node),
      };
    default:
      return node.kind === 'text'
        ? { kind: 'text', value: changedText(node.value, tape, depth) }
        : node;
  }
}

const encodings = [
  ['base64', /^[A-Za-z0-9+/]{8,}={0,2}$/],
  ['base64url', /^[A-Za-z0-9_-]{8,}$/],
] as const;

/** Text that is base64 of something is changed inside, so that the change is not its encoding. */
function changedText(value: string, tape: Tape, depth: number): string {
  const encoding = encodings.find(([, shape]) => shape.test(value))?.[0];
  if (encoding !== undefined && depth < 3 && tape.next(4) > 0) {
    const inside = Buffer.from(value, encoding);
    const mutate = inside[0] === 0x7b ? mutateJson : mutateBytes;
    return mutate(inside, tape, depth + 1).toString(encoding);
  }
  if (value.startsWith('{') && depth < 3)
    return mutateJson(Buffer.from(value), tape, depth + 1).toString();
  const at = tape.next(value.length + 1);
  const more = tape.pick([
    '',
    ' ',
    '=',
    '\u0000',
    'A',
    '\u212a',
    '\u202e',
    '\n',
    '../',
    'x'.repeat(10_000),
  ]);
  return `${value.slice(0, at)}${more}${value.slice(at + tape.next(2))}`;
}

/** The tree with the node at the path replaced; where there is none, it is left out or written twice. */
function replace(tree: Node, path: readonly number[], node: Node | undefined, tape: Tape): Node {
  const [index, ...rest] = path;
  if (index === undefined) return node ?? raw('');
  const child = childrenOf(tree)[index];
  if (child === undefined) return tree;
  if (rest.length === 0 && node === undefined) return without(tree, index, child, tape);
  const changed = replace(child, rest, node, tape);
  if (tree.kind === 'list') return { kind: 'list', items: tree.items.with(index, changed) };
  if (tree.kind !== 'object') return tree;
  const members = tree.members.map(
    ([name, member], at) => [name, at === index ? changed : member] as const,
  );
  return { kind: 'object', members };
}

/** One child less, or one more of its name. */
function without(tree: Node, index: number, child: Node, tape: Tape): Node {
  const isLess = tape.next(2) === 0;
  if (tree.kind === 'list')
    return {
      kind: 'list',
      items: tree.items.toSpliced(index, 1, ...(isLess ? [] : [child, child])),
    };
  if (tree.kind !== 'object') return tree;
  if (isLess) return { kind: 'object', members: tree.members.toSpliced(index, 1) };
  const name = tree.members[index]?.[0] ?? '';
  const twice = tape.pick([name, name.toUpperCase(), `${name}x`, '__proto__', '']);
  const value = tape.next(2) === 0 ? child : tape.pick(odd);
  return {
    kind: 'object',
    members: tree.members.toSpliced(tape.next(tree.members.length), 0, [twice, value]),
  };
}
