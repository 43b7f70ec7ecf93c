import type { Inventory } from '#lib/model/workload.ts';
import type { ClusterSnapshot } from '#lib/ports/cluster.ts';
import { createInventoryIndex, type InventoryOptions } from './inventory-index.ts';

/** Reduces one reading of a cluster to its workloads and the images that they use. */
export const buildInventory = (
  cluster: string,
  snapshot: ClusterSnapshot,
  options: InventoryOptions,
): Inventory => createInventoryIndex(cluster, snapshot, options).inventory();
