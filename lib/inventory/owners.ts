import type { OwnerReference } from '#lib/model/workload.ts';

/** Owners of owners that are followed; deeper chains are somebody's mistake or a cycle. */
const maximumDepth = 5;

/** What owns and is owned: an owner link, a controller or a pod. */
export interface Owned {
  readonly uid: string;
  /** Empty for what belongs to the whole cluster. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner?: OwnerReference;
}

/** Where an owner chain ends. */
export interface TopOwner {
  readonly top: OwnerReference;
  /** Labels of the highest object of the chain that could be read. */
  readonly labels: Readonly<Record<string, string>>;
  /** Uids from the object itself up to the top. */
  readonly chain: readonly string[];
}

/**
 * Follows controlling owners by uid to the top, at most five up. An owner that cannot be read (being
 * deleted, not permitted, of an unknown kind) ends the chain and gives the workload its name. A node
 * owns the mirrors of its static pods, yet nobody would call it their workload: those stay themselves.
 * An owner in another namespace is no owner: whoever may create pods could hide them under it.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
 */
export function topOwner(
  self: Owned & { readonly reference: OwnerReference },
  lookup: (uid: string) => Owned | undefined,
): TopOwner {
  let top = self.reference;
  let { labels, owner } = self;
  const chain = [top.uid];
  while (owner !== undefined && owner.kind !== 'Node' && chain.length <= maximumDepth) {
    const known = lookup(owner.uid);
    if (known !== undefined && known.namespace !== '' && known.namespace !== self.namespace) break;
    top = owner;
    chain.push(top.uid);
    labels = known?.labels ?? labels;
    owner = known?.owner;
  }
  return { top, labels, chain };
}

/** The object with that uid and everything above it, as far as any chain through it may reach. */
export function ancestry(uid: string, lookup: (uid: string) => Owned | undefined): string[] {
  const uids = [uid];
  let owner = lookup(uid)?.owner;
  while (owner !== undefined && uids.length <= maximumDepth) {
    uids.push(owner.uid);
    owner = lookup(owner.uid)?.owner;
  }
  return uids;
}
