/** Longer globs are taken to overlap: telling would cost the product of their lengths. */
const longest = 1_000;

/** Whether some `registry/repository` is covered by both globs. */
export function globsOverlap(one: string, other: string): boolean {
  if (one.length + other.length > longest) return true;
  const [a, b] = [tokensOf(one), tokensOf(other)];
  const known = new Map<number, boolean>();
  const meet = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j;
    const answer = known.get(key) ?? compare(i, j);
    known.set(key, answer);
    return answer;
  };
  const compare = (i: number, j: number): boolean => {
    const [left, right] = [a[i], b[j]];
    if (left === undefined && right === undefined) return true;
    if (isStar(left) && (meet(i + 1, j) || (takes(left, right) && meet(i, j + 1)))) return true;
    if (isStar(right) && (meet(i, j + 1) || (takes(right, left) && meet(i + 1, j)))) return true;
    return left !== undefined && left === right && !isStar(left) && meet(i + 1, j + 1);
  };
  return meet(0, 0);
}

type Token = string | undefined;

/** Single characters, `*` and `**`; more stars mean the same as two. */
const tokensOf = (glob: string): readonly string[] =>
  (glob.match(/\*+|[^*]/gu) ?? []).map((token) => (token.startsWith('**') ? '**' : token));

const isStar = (token: Token): token is string => token === '*' || token === '**';

/** Whether a star can stand for what the other glob has next. */
const takes = (star: string, token: Token): boolean =>
  token !== undefined && (star === '**' || token !== '/');
