import { useCallback, useSyncExternalStore } from 'react';

/** Whether a media query holds; undefined on the server and while the browser takes over from it. */
export function useMedia(query: string): boolean | undefined {
  return useSyncExternalStore<boolean | undefined>(
    useCallback(
      (notify) => {
        const media = window.matchMedia(query);
        media.addEventListener('change', notify);
        return () => media.removeEventListener('change', notify);
      },
      [query],
    ),
    () => window.matchMedia(query).matches,
    () => undefined,
  );
}

/** Below this width rows are cards. */
export const narrow = '(width < 48rem)';
/** From this width on, a panel stands beside the list. */
export const docked = '(width >= 80rem)';
