import type { VisibilityRow } from '#lib/contract/disagreements.ts';
import type { EvidenceRow } from '#lib/contract/images.ts';
import type { EvidenceKind } from '#lib/model/evidence.ts';
import type { Fleet, ReviewedCluster } from './fleet.ts';
import { sortRows } from './pages.ts';

/** For each signature of an image, which engines of the clusters that run it can see it. */
export function visibilityOf(
  fleet: Fleet,
  clusters: readonly string[],
  evidence: readonly EvidenceRow[],
  referrersApi: (registry: string) => boolean | undefined,
): readonly VisibilityRow[] {
  const unique = new Map(evidence.map((one) => [one.id, one]));
  const rows = clusters.flatMap((id) => {
    const cluster = fleet.clusters.get(id);
    if (cluster === undefined) return [];
    return [...unique.values()].flatMap((one) => rowsOf(cluster, one, referrersApi));
  });
  return sortRows(rows, ({ cluster, engine, evidence: id, place, version }) => [
    cluster,
    engine,
    version ?? '',
    id,
    place,
  ]);
}

function rowsOf(
  { id, admission }: ReviewedCluster,
  { id: evidence, kind, sources, proves, signer }: EvidenceRow,
  referrersApi: (registry: string) => boolean | undefined,
): readonly VisibilityRow[] {
  if (kind === 'unsigned-attachment' || kind === 'content-trust') return [];
  return sources.flatMap(({ place, registry }) =>
    admission
      .visibility({
        // Rows carry the words of the model.
        kind: kind as EvidenceKind,
        place,
        referrersApi: referrersApi(registry),
        signsWithKey: signer?.kind === 'key',
        attests: proves === 'attested',
      })
      .map(({ engine, version, sees, why }) => ({
        cluster: id,
        engine,
        version: version ?? null,
        evidence,
        kind,
        place,
        registry,
        sees,
        why,
      })),
  );
}
