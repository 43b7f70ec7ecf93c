import type { RegistryRow } from '#lib/contract/sources.ts';

/** Whether signatures are found by the referrers API or by its fallback tag. */
export function referrersWord({ referrersApi }: Pick<RegistryRow, 'referrersApi'>): string {
  if (referrersApi === null) return 'not known yet';
  return referrersApi ? 'supported' : 'absent, tags are searched';
}

export const credentialsWord = ({ credentials }: Pick<RegistryRow, 'credentials'>): string =>
  credentials ?? 'anonymous';
