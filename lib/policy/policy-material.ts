import { hash } from 'node:crypto';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { PolicyMarks } from './facts.ts';
import { trustRootName } from './policy-controller/authorities.ts';
import { writeTrustedRoot } from './policy-controller/trusted-root.ts';
import type { PolicyObject } from './policy-object.ts';
import { type PolicyContent, readPolicy } from './read-policy.ts';

/** Whom the policies of one cluster believe. */
export interface PolicyMaterial {
  /**
   * Named `<cluster>/<name>`, each with the mark of its policy's text. Their fingerprints are empty, as
   * translation leaves them.
   */
  readonly authorities: readonly Authority[];
  /** TrustRoot objects with their material; `asOf` is when the cluster was read. */
  readonly trustRoots: readonly TrustRoot[];
  /** What of it cannot be used, by the name of the object or authority. */
  readonly problems: readonly PolicyProblem[];
}

/** Why a part of a policy is used by nobody here. */
export interface PolicyProblem {
  readonly name: string;
  readonly reason: ReasonCode;
  readonly detail: string;
}

/**
 * Authorities and trust roots of all policies of a cluster that verify anything, whatever their mode:
 * what audit lets pass today is what enforcement would be asked about. Objects that no reader reads are
 * passed over; whoever lists policies tells of them.
 */
export function policyMaterial(
  cluster: string,
  objects: readonly unknown[],
  readAt: Date,
): PolicyMaterial {
  const read = objects.flatMap((object) => {
    const reading = readPolicy(cluster, object);
    return reading.kind === 'read' ? [reading.value] : [];
  });
  const problems: PolicyProblem[] = [];
  const trustRoots = read.flatMap((one) => rootOf(cluster, one, readAt, problems));
  const revisions = new Map(trustRoots.map(({ name, revision }) => [name, revision]));
  const translated = read.flatMap(({ summary }) =>
    summary?.verifies && summary.mode !== 'none' ? summary.authorities : [],
  );
  const authorities = [...Map.groupBy(translated, ({ name }) => name)].flatMap(([name, same]) => {
    const [authority] = same;
    if (authority === undefined) return [];
    if (same.length === 1) return [withMark(cluster, authority, revisions)];
    // Which of them verified something, nobody could tell afterwards.
    const detail = `${same.length} authorities of one policy have this name`;
    problems.push({ name: `${cluster}/${name}`, reason: 'key-unresolvable', detail });
    return [];
  });
  return { authorities, trustRoots, problems };
}

/** Marks of all authorities of a cluster, by their names within it: what `imageFacts` asks for. */
export const policyMarks = (cluster: string, objects: readonly unknown[]): PolicyMarks =>
  new Map(
    policyMaterial(cluster, objects, new Date(0)).authorities.map(({ name, source }) => [
      name.slice(cluster.length + 1),
      (source.kind === 'policy' && source.mark) || '',
    ]),
  );

function withMark(
  cluster: string,
  authority: Authority,
  revisions: ReadonlyMap<string, string>,
): Authority {
  const { name, source, images: _, fingerprint: __, ...rules } = authority;
  const root = 'trustRoot' in authority ? revisions.get(authority.trustRoot ?? '') : undefined;
  const mark = hash('sha256', JSON.stringify([rules, root ?? null]), 'hex');
  return {
    ...authority,
    name: `${cluster}/${name}`,
    source: source.kind === 'policy' ? { ...source, mark } : source,
  };
}

function rootOf(
  cluster: string,
  { head, content }: PolicyObject<PolicyContent>,
  readAt: Date,
  problems: PolicyProblem[],
): readonly TrustRoot[] {
  if (content.type !== 'trust-root') return [];
  const name = trustRootName(cluster, head.reference.name);
  const written = writeTrustedRoot(content);
  if (written.kind === 'problem') {
    problems.push({ name, reason: 'trustroot-missing', detail: written.detail });
    return [];
  }
  const revision = `sha256:${hash('sha256', written.json, 'hex')}`;
  return [{ name, revision, json: written.json, origin: 'policy', asOf: readAt.toISOString() }];
}
