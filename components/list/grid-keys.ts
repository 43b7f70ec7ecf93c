/** What a key asks of a list. */
export type GridAction =
  | { readonly do: 'move'; readonly to: number }
  | { readonly do: 'open' | 'page' | 'close' | 'select' };

interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/**
 * Arrows or j and k move by a row, Page keys by a screen, Home and End to the ends; Enter opens,
 * Shift+Enter opens the page, Space selects, Esc closes. Undefined leaves the key to the browser.
 */
export function gridAction(
  press: KeyPress,
  at: { readonly active: number; readonly count: number; readonly screen: number },
): GridAction | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey) return;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    j: 1,
    ArrowUp: -1,
    k: -1,
    PageDown: at.screen,
    PageUp: -at.screen,
    Home: -at.count,
    End: at.count,
  };
  const step = Object.hasOwn(steps, press.key) ? steps[press.key] : undefined;
  if (step !== undefined)
    return { do: 'move', to: Math.min(Math.max(0, at.active + step), Math.max(0, at.count - 1)) };
  if (press.key === 'Enter') return { do: press.shiftKey ? 'page' : 'open' };
  if (press.key === ' ') return { do: 'select' };
  return press.key === 'Escape' ? { do: 'close' } : undefined;
}
