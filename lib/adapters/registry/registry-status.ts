import type { RegistryStatus } from '#lib/ports/registry.ts';
import type { CredentialStore } from './credentials.ts';
import type { HostState } from './host-state.ts';

/** The part of a host's state that people are shown. */
export function statusOf(state: HostState, credentials: CredentialStore): RegistryStatus {
  const label = credentials.describe(state);
  return {
    host: state.host,
    insecure: state.insecure,
    requests: state.requests,
    failures: state.failures,
    rateLimited: state.rateLimited,
    ...(label !== undefined && { credentials: label }),
    ...(state.referrersApi !== undefined && { referrersApi: state.referrersApi }),
    ...(state.budget !== undefined && { budget: state.budget }),
    ...(state.lastSuccessAt !== undefined && { lastSuccessAt: state.lastSuccessAt }),
    ...(state.lastFailure !== undefined && { lastFailure: state.lastFailure }),
  };
}
