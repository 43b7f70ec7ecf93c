import { createHash } from 'node:crypto';
import { digest } from '#lib/model/digest.ts';
import type { Discovery, Evidence, PlaceSearched } from '#lib/model/evidence.ts';
import type { TrustData } from '#lib/model/trust-data.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import type { ContentTrustReader } from '#lib/ports/trust.ts';
import { shortfallOf } from './evidence-places.ts';

/** Where trust data is looked for, and under which tags the digest was asked for. */
export interface ContentTrustLook {
  readonly reader: ContentTrustReader;
  readonly tags?: readonly string[];
}

/** The place of trust data and what lies there. */
interface Found {
  readonly places: readonly PlaceSearched[];
  readonly evidence: readonly Evidence[];
}

/**
 * Looks for Docker Content Trust data of the repository, where the operator named a server for it.
 * What lies there counts under a pinned root only: without one a look that fails leaves the search as
 * whole as it was. A service that has ended has nothing that could be missed.
 */
export async function searchContentTrust(
  look: ContentTrustLook | undefined,
  { registry, repository, digest: subject }: Subject,
): Promise<Found> {
  const setting = look?.reader.settingFor(registry, repository);
  if (look === undefined || setting === undefined) return { places: [], evidence: [] };
  const about = { place: 'content-trust', repository: setting.server, found: 0 } as const;
  const only = (place: PlaceSearched): Found => ({ places: [place], evidence: [] });
  try {
    const answer = await look.reader.read(registry, repository);
    if (answer.state === 'none') return only({ ...about, outcome: 'searched' });
    if (answer.state === 'retired')
      return only({ ...about, outcome: 'unsupported', detail: answer.detail });
    const { data } = answer;
    const tags = look.tags ?? [];
    const source = { place: 'content-trust', registry, repository, manifest: subject } as const;
    return {
      places: [{ ...about, outcome: 'searched', found: 1 }],
      evidence: [
        { kind: 'content-trust', id: idOf(data, tags), subject, sources: [source], data, tags },
      ],
    };
  } catch (error) {
    const failed = { ...about, outcome: 'failed', ...shortfallOf(error) } as const;
    return only(setting.pinned ? failed : { ...failed, immaterial: true });
  }
}

/** True when every place was searched whose failure could hide a signature. */
export const isComplete = (places: Discovery['places']): boolean =>
  places.every(({ outcome, immaterial }) => outcome !== 'failed' || immaterial);

const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

function idOf(
  { server, gun, files, rootChain, memory }: TrustData,
  tags: readonly string[],
): Evidence['id'] {
  const parts = [
    'content-trust',
    server,
    gun,
    files.map(({ role, bytes }) => [role, sha256(bytes)]),
    rootChain.map(sha256),
    memory ?? null,
    tags,
  ];
  return digest(`sha256:${sha256(JSON.stringify(parts))}`);
}
