import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readPem } from '#lib/verify/pem.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { verifyTimestamp } from '#lib/verify/timestamp/verify-timestamp.ts';
import { authorityFrom } from '#lib/verify/trusted-root.ts';
import type { Case } from './cases.ts';
import { aboutCase, notApplicable, type Outcome, refusalText } from './outcome.ts';

/** What the authority of the cases was asked to timestamp. */
const usualMessage = 'notation';

/** Judges a bare token against the root that lies beside it. */
export function judgeTimestamp(folder: string, one: Case): Outcome {
  const read = (name: string) => readFileSync(path.join(folder, String(one.inputs[name])));
  const root = readPem(read('root').toString(), 'CERTIFICATE').blocks;
  const stamp = verifyTimestamp({
    der: read('token'),
    over: Buffer.from(String(one.inputs['message'] ?? usualMessage)),
    authorities: root.map((der) => authorityFrom('the root of the case', [der])),
    domain: 'the case',
    container: 'token',
  });
  const verified = !isRefusal(stamp);
  const why = isRefusal(stamp) ? refusalText(stamp) : 'verified';
  if (one.expected === 'disputed') return notApplicable(one, 'disputed', why);
  return {
    ...aboutCase(one),
    verified,
    result: verified === (one.expected === 'pass') ? 'agreed' : 'disagreed',
    why,
    refusals: isRefusal(stamp) ? [stamp] : [],
  };
}
