/** Whether a pattern of images lets in a whole registry or more: nothing but a host is fixed in it. */
export function isBroadPattern(pattern: string): boolean {
  const fixed = pattern.slice(0, pattern.search(/[*?]/) < 0 ? undefined : pattern.search(/[*?]/));
  return fixed.length < pattern.length && fixed.split('/').filter(Boolean).length <= 1;
}
