import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readPem } from '#lib/verify/pem.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { verifyTimestamp } from '#lib/verify/timestamp/verify-timestamp.ts';
import { authorityFrom } from '#lib/verify/trusted-root.ts';
import type { Case } from './cases.ts';
import type { Outcome } from './judge-bundle.ts';

/** What the authority of the cases was asked to timestamp. */
const message = Buffer.from('notation');

/** Judges a bare token against the root that lies beside it. Of disputed ones any answer will do. */
export function judgeTimestamp(folder: string, one: Case): Outcome {
  const read = (name: string) => readFileSync(path.join(folder, String(one.inputs[name])));
  const root = readPem(read('root').toString(), 'CERTIFICATE').blocks;
  const stamp = verifyTimestamp({
    der: read('token'),
    over: message,
    authorities: root.map((der) => authorityFrom('the root of the case', [der])),
    domain: 'the case',
    container: 'token',
  });
  const verified = !isRefusal(stamp);
  const agreed = one.expected === 'disputed' || verified === (one.expected === 'pass');
  return {
    id: one.id,
    source: one.source.repo,
    expected: one.expected,
    verified,
    result: agreed ? 'agreed' : 'disagreed',
    why: isRefusal(stamp) ? `${stamp.status} (${stamp.reason}): ${stamp.detail}` : 'verified',
  };
}
