import type { Mutation } from './mutations.ts';

/** Finding evidence: what keeps "unsigned" from being said too early. */
export const searching: readonly Mutation[] = [
  [
    'lib/resolve/read-evidence.ts',
    'manifest.layers.slice(0, limits.signatureLayers)',
    'manifest.layers',
  ],
  [
    'lib/resolve/read-evidence.ts',
    'if (layer === undefined || layers.length > 1)',
    'if (layer === undefined)',
  ],
  ['lib/resolve/read-evidence.ts', 'surplus: manifest.layers.length - layers.length', 'surplus: 0'],
  [
    'lib/resolve/read-evidence.ts',
    'if (!take(Math.min(layer.size, limits.evidenceBytes)))',
    'if (false)',
  ],
  [
    'lib/resolve/read-evidence.ts',
    'return unreadable(located, layer, error.code, error.message, error.retryable);',
    'return unsignedAttachment(located, layer);',
  ],
  ['lib/resolve/read-carriers.ts', 'named === subject.digest ? places', 'true ? places'],
  [
    'lib/resolve/read-carriers.ts',
    'return { ...nothing, evidence: [unreadable(located, descriptor, reason, detail, retryable)] };',
    'return nothing;',
  ],
  [
    'lib/resolve/index-membership.ts',
    "!== index || fetched.body.kind !== 'index'",
    "=== undefined || fetched.body.kind !== 'index'",
  ],
  [
    'lib/resolve/index-membership.ts',
    '.find((platform) => platform.digest === child)',
    '.find((platform) => platform.digest.length === child.length)',
  ],
  ['lib/resolve/evidence-places.ts', 'if (!answer.truncated) return listed;', 'return listed;'],
  ['lib/resolve/evidence-places.ts', '[...digests].slice(0, limits.referrers)', '[...digests]'],
  [
    'lib/resolve/evidence-places.ts',
    'if (digests.size <= limits.referrers) return { carriers };',
    'return { carriers };',
  ],
  [
    'lib/resolve/evidence-places.ts',
    'return { place, home, carriers: [], warnings: [], shortfall: shortfallOf(error) };',
    'return { place, home, carriers: [], warnings: [] };',
  ],
  [
    'lib/resolve/evidence-places.ts',
    "guarded('signature-tag', home, () => searchTag(registry, home, '.sig')),",
    '',
  ],
  [
    'lib/resolve/evidence-places.ts',
    "guarded('referrers-tag', home, () => searchReferrersTag(registry, home)),",
    '',
  ],
  [
    'lib/resolve/evidence-places.ts',
    "guarded('attestation-tag', home, () => searchTag(registry, home, '.att')),",
    '',
  ],
  [
    'lib/resolve/discover-evidence.ts',
    "if ('reason' in image) return nothingClaimed(subject, image);",
    "if ('reason' in image) return { ...nothingClaimed(subject, image), complete: true };",
  ],
  ['lib/resolve/discover-evidence.ts', 'complete: isComplete(places),', 'complete: true,'],
  [
    'lib/resolve/discover-evidence.ts',
    "if (shortfall !== undefined) return { ...about, outcome: 'failed', ...shortfall };",
    '',
  ],
  ['lib/resolve/discover-evidence.ts', 'if (surplus > 0) {', 'if (false) {'],
  ['lib/resolve/discover-evidence.ts', 'left >= 0', 'true'],
  [
    'lib/resolve/resolve-reference.ts',
    "if (reference.digest !== undefined) return { state: 'digest', digest: reference.digest };",
    '',
  ],
];
