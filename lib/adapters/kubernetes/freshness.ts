import type { ClusterChange } from '#lib/ports/cluster.ts';
import type { ClusterList } from './resources.ts';

/** How far each stream of a cluster has brought us, and what that says about the whole. */
export interface Freshness {
  stream(list: ClusterList): {
    /** The stream broke: until its next bookmark the cluster is not called current. */
    broken(): void;
    /** A bookmark for the whole cluster, when this one makes the whole more recent. */
    bookmark(version: string, at: Date): ClusterChange | undefined;
  };
}

/**
 * A cluster is as recent as its oldest stream. Only bookmarks count: after a reconnect events may
 * still be old ones, while a bookmark says that everything before it has been sent.
 */
export function createFreshness(readAt: Date): Freshness {
  const streams: { at: Date; broken: boolean }[] = [];
  let told = readAt;
  let toldBroken = false;
  let podVersion = '';

  return {
    stream: ({ resource }) => {
      const stream = { at: readAt, broken: false };
      streams.push(stream);
      return {
        broken: () => {
          stream.broken = true;
          toldBroken = true;
        },
        bookmark: (version, at) => {
          stream.at = at;
          stream.broken = false;
          if (resource.kind === 'Pod') podVersion = version;
          if (streams.some(({ broken }) => broken)) return undefined;
          const oldest = new Date(Math.min(...streams.map((one) => one.at.getTime())));
          if (oldest <= told && !toldBroken) return undefined;
          told = oldest;
          toldBroken = false;
          return { type: 'bookmark', resourceVersion: podVersion || version, at: oldest };
        },
      };
    },
  };
}
