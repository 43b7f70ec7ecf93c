const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Milliseconds of an RFC 3339 time, as Go reads it; undefined for anything else, 30 February included. */
export function readRfc3339(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const zoneHours = Number(match[9] ?? 0);
  const zoneMinutes = Number(match[10] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || zoneHours > 23 || zoneMinutes > 59)
    return undefined;
  const plain = new Date(0);
  plain.setUTCFullYear(year, month - 1, day);
  if (plain.getUTCMonth() !== month - 1 || plain.getUTCDate() !== day) return undefined;
  const zone = (zoneHours * 60 + zoneMinutes) * (match[8] === '-' ? -1 : 1);
  const fraction = Number(`0.${match[7] ?? '0'}`) * 1000;
  return plain.setUTCHours(hour, minute, second) - zone * 60_000 + Math.floor(fraction);
}

/** Seconds since the epoch, as CBOR tag 1 has them, in milliseconds; undefined beyond what a date holds. */
export const readEpoch = (seconds: number): number | undefined => {
  const milliseconds = Math.floor(seconds * 1000);
  return Math.abs(milliseconds) <= 8.64e15 ? milliseconds : undefined;
};
