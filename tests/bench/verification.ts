// Keyless bundles and key signatures per second: plain @sigstore/verify, this project, and the bound
// that the bare cryptographic operations set; one worker beside two; memory over many verifications.
import { parseArgs } from 'node:util';
import { keySignatures } from './verification/key-signatures.ts';
import { keylessBundles } from './verification/keyless-bundles.ts';
import { workers } from './verification/workers.ts';

const { values } = parseArgs({
  options: {
    bundles: { type: 'string', default: '600' },
    seconds: { type: 'string', default: '2' },
    verifications: { type: 'string', default: '100000' },
    part: { type: 'string', default: 'keyless,key,workers,memory' },
  },
});
const parts = values.part.split(',');
const seconds = Number(values.seconds);

if (parts.includes('key')) keySignatures(seconds);
if (parts.some((part) => part !== 'key')) {
  const bundles = await keylessBundles(Number(values.bundles));
  if (parts.includes('keyless')) bundles.compare(seconds);
  if (parts.includes('workers')) await workers(bundles, seconds);
  if (parts.includes('memory')) bundles.remember(Number(values.verifications));
}
