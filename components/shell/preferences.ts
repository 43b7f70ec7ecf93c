export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Looks that the server must know before it renders, so that nothing flashes. */
export interface Preferences {
  readonly theme: Theme;
  readonly rail: 'wide' | 'narrow';
}

/** Reads the looks from their cookies; what is unknown falls back. */
export function readPreferences(cookie: (name: string) => string | undefined): Preferences {
  const theme = themes.find((name) => name === cookie('theme')) ?? 'auto';
  return { theme, rail: cookie('rail') === 'narrow' ? 'narrow' : 'wide' };
}

/** Keeps a look for a year, for this site only. */
export function savePreference(name: keyof Preferences, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs HTTPS
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

/** Shows a theme at once; without the attribute the system decides. */
export function applyTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
