import { invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import type { TrustedLog } from '#lib/verify/trusted-root.ts';
import { checkCheckpointSignature, readCheckpoint } from './checkpoint.ts';
import { leafHash, rootOfProof } from './inclusion.ts';
import { type InclusionProof, isRekorV2, type TlogEntry } from './tlog-entry.ts';

/**
 * Checks that the log has the entry: the proof leads from its body to the root of a checkpoint that
 * the log signed. It says nothing about when the entry was made.
 */
export function checkInclusion(
  entry: TlogEntry,
  proof: InclusionProof,
  log: TrustedLog,
): Refusal | undefined {
  if (proof.checkpoint === undefined)
    return invalid('tlog-checkpoint-bad', 'the inclusion proof has no checkpoint');
  const checkpoint = readCheckpoint(proof.checkpoint);
  if (isRefusal(checkpoint)) return checkpoint;
  const signature = checkCheckpointSignature(checkpoint, log, isRekorV2(entry));
  if (signature) return signature;
  const { size, root } = checkpoint;
  if (proof.treeSize !== undefined && BigInt(proof.treeSize) !== size)
    return invalid('tlog-checkpoint-bad', 'the checkpoint is about a tree of another size');
  if (proof.rootHash !== undefined && !proof.rootHash.equals(root))
    return invalid('tlog-checkpoint-bad', 'the checkpoint is about another root');
  const reached = rootOfProof(leafHash(entry.body), BigInt(proof.logIndex), size, proof.hashes);
  return reached?.equals(root)
    ? undefined
    : invalid('tlog-proof-bad', 'the inclusion proof does not lead to the root of the log');
}
