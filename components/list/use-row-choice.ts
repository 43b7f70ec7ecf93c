import { useCallback, useState } from 'react';

/** Which rows are chosen, and whether the reader is among the rows. */
export interface RowChoice {
  readonly selected: ReadonlySet<string>;
  readonly select: (key: string, on: boolean) => void;
  readonly clear: () => void;
  readonly held: boolean;
  readonly setHeld: (held: boolean) => void;
}

/** Rows are chosen within one filter: under another, nothing is chosen that cannot be seen. */
export function useRowChoice(filter: object): RowChoice {
  const [chosen, setChosen] = useState({ filter, keys: none });
  const [held, setHeld] = useState(false);
  const selected = chosen.filter === filter ? chosen.keys : none;
  const select = useCallback(
    (key: string, on: boolean) => {
      setChosen((now) => {
        const keys = new Set(now.filter === filter ? now.keys : none);
        if (on) keys.add(key);
        else keys.delete(key);
        return { filter, keys };
      });
    },
    [filter],
  );
  const clear = useCallback(() => setChosen({ filter, keys: none }), [filter]);
  return { selected, select, clear, held, setHeld };
}

const none: ReadonlySet<string> = new Set();
