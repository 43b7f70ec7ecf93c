/** Remembers answers, the oldest of which goes when there are too many. */
export interface BoundedCache<T> {
  /** The answer under the key, asked for once. */
  get(key: string, ask: () => T): T;
}

/** A cache for at most `most` answers: what fills it are strangers' certificates. */
export function boundedCache<T>(most: number): BoundedCache<T> {
  const known = new Map<string, { readonly answer: T }>();
  return {
    get(key, ask) {
      const found = known.get(key);
      if (found) return found.answer;
      const answer = ask();
      for (const oldest of known.keys()) {
        if (known.size < most) break;
        known.delete(oldest);
      }
      known.set(key, { answer });
      return answer;
    },
  };
}
