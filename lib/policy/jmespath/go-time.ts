const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go reads it (`1h30m`); undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match === null) return undefined;
  const parts = (match[2] ?? '').matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g);
  let sum = 0;
  for (const [, amount, unit] of parts) sum += Number(amount) * (units[unit ?? ''] ?? 0);
  return match[1] === '-' ? -sum : sum;
}

/** A duration as Go writes it, to the millisecond. */
export function durationText(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  const sign = milliseconds < 0 ? '-' : '';
  if (size === 0) return '0s';
  if (size < 1_000) return `${sign}${size}ms`;
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor(size / 60_000) % 60;
  const seconds = (size % 60_000) / 1_000;
  const inHours = hours > 0 ? `${hours}h` : '';
  const inMinutes = hours > 0 || minutes > 0 ? `${minutes}m` : '';
  return `${sign}${inHours}${inMinutes}${seconds}s`;
}

/** Milliseconds since 1970 of an RFC 3339 time; undefined for what is none. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
