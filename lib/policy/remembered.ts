/** A cluster has fewer patterns than this; beyond it they are compiled again. */
const most = 10_000;

/**
 * Keeps what was compiled from a text: the same patterns meet every image of a fleet. The results must
 * not depend on anything but the text.
 */
export function remembered<T>(compile: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    if (kept.has(text)) return kept.get(text) as T;
    const compiled = compile(text);
    if (kept.size >= most) kept.clear();
    kept.set(text, compiled);
    return compiled;
  };
}
