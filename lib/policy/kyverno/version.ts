/** True for a known version from 1.`minor` on. */
export function isSince(version: string | undefined, minor: number): boolean {
  const [, major, second] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(second) >= minor);
}
