const counts = new Intl.NumberFormat('en-US');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Keeps a figure and its unit on one line. */
const gap = ' ';

/** 1284 → `1,284`. */
export const formatCount = (value: number): string => counts.format(value);

/** `1 container`, `1,284 containers`. */
export const formatNoun = (value: number, one: string, many = `${one}s`): string =>
  `${formatCount(value)} ${value === 1 ? one : many}`;

/** A difference with its sign: `+51`, `−9`, `±0`. */
export function formatDelta(value: number): string {
  if (value === 0) return '±0';
  return value > 0 ? `+${formatCount(value)}` : `−${formatCount(-value)}`;
}

/** One decimal, rounded down, so that no share is shown larger than it is: `81.0 %`. */
export function formatShare(part: number, total: number): string {
  if (total === 0) return `0${gap}%`;
  if (part === total) return `100${gap}%`;
  return `${(Math.floor((part * 1000) / total) / 10).toFixed(1)}${gap}%`;
}

/** A length of time in its largest unit: `4 s`, `11 min`, `5 h`, `3 d`. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}${gap}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${gap}min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}${gap}h`;
  return `${Math.floor(seconds / 86_400)}${gap}d`;
}

/** `21 Nov`, in UTC like every time on screen: server and browser must write the same. */
export function formatDay(iso: string): string {
  const at = new Date(iso);
  return `${at.getUTCDate()}${gap}${months[at.getUTCMonth()]}`;
}

/** `14:12 UTC`. */
export const formatClock = (iso: string): string =>
  `${new Date(iso).toISOString().slice(11, 16)}${gap}UTC`;

/** `21 Nov 2026, 14:12:03 UTC`. */
export function formatInstant(iso: string): string {
  const at = new Date(iso);
  return `${formatDay(iso)} ${at.getUTCFullYear()}, ${at.toISOString().slice(11, 19)} UTC`;
}

/** Like {@link formatShare}; a share that counts against us is rounded up. */
export function formatShareAgainst(part: number, total: number, favourable: boolean): string {
  if (favourable || total === 0) return formatShare(part, total);
  return `${(Math.ceil((part * 1000) / total) / 10).toFixed(1)}${gap}%`;
}
