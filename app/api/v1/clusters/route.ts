import { readClusters } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { ClusterList } from '#lib/contract/sources.ts';

/** `GET /api/v1/clusters`: clusters with their state and counts. */
export const GET = route({ response: ClusterList, handle: readClusters });
