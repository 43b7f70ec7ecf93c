import { queryOptions, useQuery } from '@tanstack/react-query';
import { PolicyPage } from '#lib/contract/policies.ts';
import { fetchJson } from './fetch-json.ts';

/** Under `policies`, so that it is read again with them. */
export const admissionKey = ['policies', 'admission'] as const;

/** Which engines are installed, and which admission objects could not be read. */
export interface AdmissionSources {
  readonly engines: PolicyPage['engines'];
  readonly missing: PolicyPage['missing'];
}

/** What the list of policies says of where it comes from: one row of it is enough. */
export const admissionQuery = () =>
  queryOptions({
    queryKey: admissionKey,
    queryFn: ({ signal }) => readAdmissionSources(signal),
  });

/** Asks for {@link AdmissionSources}. @throws ProblemError */
export async function readAdmissionSources(signal: AbortSignal): Promise<AdmissionSources> {
  const page = await fetchJson('/api/v1/policies?limit=1', { response: PolicyPage, signal });
  return { engines: page.engines, missing: page.missing };
}

/** Reads {@link admissionQuery}; undefined until it is known, and when it could not be read. */
export const useAdmissionSources = (): AdmissionSources | undefined =>
  useQuery(admissionQuery()).data;
