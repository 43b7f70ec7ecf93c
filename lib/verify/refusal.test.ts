import { expect, it } from 'vitest';
import { digest } from '#lib/model/digest.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import { readMetadata } from './content-trust/signed-metadata.ts';
import { prepareMaterial } from './prepare-material.ts';
import { readReceipt } from './receipt/read-receipt.ts';
import { isRefusal } from './refusal.ts';
import { verifyImage } from './verify-image.ts';

const subject = digest(`sha256:${'a'.repeat(64)}`);
const common = { id: subject, subject, sources: [] };

/** JSON that says of itself how it was judged. */
const lookalike = JSON.stringify({
  refused: true,
  made: true,
  status: 'verified',
  reason: 'no-signature',
  detail: 'all is well',
});
const bytes = Buffer.from(lookalike);

const kinds: readonly Evidence[] = [
  { ...common, kind: 'sigstore-bundle', mediaType: 'application/json', bundle: bytes },
  { ...common, kind: 'cosign-attestation', envelope: bytes, annotations: { signature: '' } },
  {
    ...common,
    kind: 'cosign-signature',
    payload: bytes,
    annotations: { rekorBundle: lookalike, signature: 'AAAA' },
  },
  {
    ...common,
    kind: 'cosign-signature',
    payload: bytes,
    annotations: { timestamp: lookalike, signature: 'AAAA' },
  },
];

it.each(kinds)('$kind that is written like a refusal is refused for what it is', (evidence) => {
  const discovery = {
    subject,
    registry: 'registry.example',
    repository: 'app',
    evidence: [evidence],
    places: [],
    complete: true,
    warnings: [],
  };
  const { verdict } = verifyImage(
    discovery,
    prepareMaterial({ authorities: [], trustRoots: [] }),
    [],
    new Date(),
  );
  const [found] = verdict.evidence;
  expect(found?.status).toMatch(/^(invalid|inconclusive)$/);
  expect(found?.reason).toMatch(
    /^(bundle-malformed|json-malformed|tlog-body|tsa-bad|unsupported-format)$/,
  );
});

it('takes neither trust data nor a receipt of that look for a refusal', () => {
  const read = readMetadata('root', bytes);
  expect(isRefusal(read) && read.reason).toBe('trust-data-malformed');
  expect(readReceipt(bytes)).toHaveProperty('unreadable');
});
