import { limits } from '#lib/model/limits.ts';
import type { JsonValue } from './json.ts';
import { bytesAt, integerAt, listAt, maybe, misfit, objectAt, textAt } from './json-shape.ts';
import type { InclusionProof, TlogEntry } from './rekor/tlog-entry.ts';

const entryMembers = [
  'logIndex',
  'logId',
  'kindVersion',
  'integratedTime',
  'inclusionPromise',
  'inclusionProof',
  'canonicalizedBody',
] as const;
const proofMembers = ['logIndex', 'rootHash', 'treeSize', 'hashes', 'checkpoint'] as const;

/**
 * Reads a `TransparencyLogEntry` of protobuf JSON. Bundles of version 0.1 promise inclusion, later
 * ones prove it with a checkpoint; what the version demands must be there.
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_rekor.proto
 */
export function tlogEntryAt(value: JsonValue, path: string, version: number): TlogEntry {
  const entry = objectAt(value, path, entryMembers);
  const logId = objectAt(entry['logId'], `${path}.logId`, ['keyId']);
  const names = objectAt(entry['kindVersion'], `${path}.kindVersion`, ['kind', 'version']);
  const bodyText = textAt(entry['canonicalizedBody'], `${path}.canonicalizedBody`);
  const promise = maybe(entry['inclusionPromise'], (one) => {
    const inside = objectAt(one, `${path}.inclusionPromise`, ['signedEntryTimestamp']);
    return bytesAt(inside['signedEntryTimestamp'], `${path}.inclusionPromise`);
  });
  const proof = maybe(entry['inclusionProof'], (one) => proofAt(one, `${path}.inclusionProof`));
  if (version === 1 && promise === undefined) misfit(path, 'has no inclusion promise');
  if (version > 1 && proof?.checkpoint === undefined)
    misfit(path, 'has no inclusion proof with a checkpoint');
  return {
    logId: bytesAt(logId['keyId'], `${path}.logId`).toString('hex'),
    kind: textAt(names['kind'], `${path}.kindVersion.kind`),
    version: textAt(names['version'], `${path}.kindVersion.version`),
    logIndex: numberAt(entry['logIndex'], `${path}.logIndex`),
    integratedTime: numberAt(entry['integratedTime'], `${path}.integratedTime`),
    ...(promise && { promise }),
    ...(proof && { proof }),
    body: bytesAt(bodyText, `${path}.canonicalizedBody`),
    bodyText,
  };
}

function proofAt(value: JsonValue, path: string): InclusionProof {
  const proof = objectAt(value, path, proofMembers);
  const hashes = listAt(proof['hashes'], `${path}.hashes`, bytesAt);
  if (hashes.length > 64) misfit(`${path}.hashes`, 'has more hashes than a tree of 2^64 leaves');
  const checkpoint = maybe(proof['checkpoint'], (one) => {
    const inside = objectAt(one, `${path}.checkpoint`, ['envelope']);
    return textAt(inside['envelope'], `${path}.checkpoint.envelope`);
  });
  if (checkpoint !== undefined && checkpoint.length > limits.checkpointBytes)
    misfit(`${path}.checkpoint`, 'is longer than any real one');
  const rootHash = maybe(proof['rootHash'], (one) => bytesAt(one, `${path}.rootHash`));
  const treeSize = maybe(proof['treeSize'], (one) => integerAt(one, `${path}.treeSize`));
  return {
    logIndex: numberAt(proof['logIndex'], `${path}.logIndex`),
    hashes,
    ...(checkpoint !== undefined && { checkpoint }),
    ...(rootHash && rootHash.length > 0 && { rootHash }),
    ...(treeSize !== undefined && treeSize !== '0' && { treeSize }),
  };
}

/** Protobuf JSON leaves zero out. */
const numberAt = (value: JsonValue | undefined, path: string): string =>
  maybe(value, (one) => integerAt(one, path)) ?? '0';
