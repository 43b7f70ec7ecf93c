import { useEffect, useRef } from 'react';

/** What a key, or `g` and a key, does. */
export type Shortcuts = Readonly<Record<string, () => void>>;

const sequenceMs = 1_200;

/** Keys belong to the field that is being written in, and to a handler that took the event. */
function isTaken(event: KeyboardEvent, name: string): boolean {
  if (event.defaultPrevented || event.altKey || event.isComposing) return true;
  return !name.startsWith('mod+') && isField(event.target);
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** Names the key as the table of shortcuts writes it: `/`, `?`, `mod+k`. */
const nameOf = (event: KeyboardEvent): string =>
  event.ctrlKey || event.metaKey ? `mod+${event.key.toLowerCase()}` : event.key;

/** Listens on the whole page. A handler that took part already (`preventDefault`) wins. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  const goAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const name = nameOf(event);
      if (isTaken(event, name)) return;
      const follows = event.timeStamp - goAt.current < sequenceMs;
      goAt.current = name === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const act = latest.current[follows ? `g ${name}` : name];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
