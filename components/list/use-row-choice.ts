import { useCallback, useState } from 'react';

/** Which rows are chosen, and whether the reader is among the rows. */
export interface RowChoice {
  readonly selected: ReadonlySet<string>;
  readonly select: (key: string, on: boolean) => void;
  readonly clear: () => void;
  readonly held: boolean;
  readonly setHeld: (held: boolean) => void;
}

export function useRowChoice(): RowChoice {
  const [selected, setSelected] = useState<ReadonlySet<string>>(none);
  const [held, setHeld] = useState(false);
  const select = useCallback((key: string, on: boolean) => {
    setSelected((now) => {
      const next = new Set(now);
      if (on) next.add(key);
      else next.delete(key);
      return next;
    });
  }, []);
  return { selected, select, clear: useCallback(() => setSelected(none), []), held, setHeld };
}

const none: ReadonlySet<string> = new Set();
