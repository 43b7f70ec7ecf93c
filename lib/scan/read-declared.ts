import { ConfigurationError } from '#lib/errors.ts';
import type { DeclaredRepository } from '#lib/ports/registry.ts';
import { readPublished } from '#lib/resolve/published.ts';
import type { Failure } from './scan-row.ts';
import type { ScanSession } from './session.ts';

/** Reads what a declared repository publishes and makes it the present; failures are told, not thrown. */
export async function readDeclared(
  { deps, publisher }: ScanSession,
  declared: DeclaredRepository,
  signal: AbortSignal,
): Promise<readonly Failure[]> {
  if (signal.aborted) return [];
  try {
    const { readings } = await readPublished(deps.registry, declared, deps.now());
    for (const reading of readings) await deps.store.savePublished(reading);
    if (readings.length > 0) publisher.changed('registries', 'images');
    return readings.flatMap(({ registry, repository, reason, detail = '' }) =>
      reason === undefined ? [] : [{ source: `${registry}/${repository}`, reason, detail }],
    );
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const source = `${declared.registry}/${declared.repository}`;
    return [{ source, reason: 'registry-error', detail: error.message }];
  }
}
