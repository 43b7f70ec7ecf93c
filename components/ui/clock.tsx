import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';

/** Time of the server render: what server and hydration both write, until the clock runs. */
const RenderedAt = createContext(0);
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const tick of listeners) tick();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

interface ClockProps {
  /** Milliseconds since 1970 at which the server rendered the page. */
  readonly renderedAt: number;
  readonly children: ReactNode;
}

export function Clock({ renderedAt, children }: ClockProps) {
  return <RenderedAt value={renderedAt}>{children}</RenderedAt>;
}

/** Text that depends on the time. Renders again only when the text changes; one timer for all. */
export function useTimeText(write: (now: number) => string): string {
  const renderedAt = useContext(RenderedAt);
  return useSyncExternalStore(
    subscribe,
    () => write(Date.now()),
    () => write(renderedAt),
  );
}
