import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRefusal, Refusal } from '#lib/verify/refusal.ts';
import { loadTrustRoot, type TrustDomain } from '#lib/verify/trusted-root.ts';
import type { Case } from './cases.ts';
import { aboutCase, aRoot, type Outcome, refusalText } from './outcome.ts';

/** Judges whether a trusted root can be read, and everything in it. */
export function judgeTrustedRoot(folder: string, one: Case): Outcome {
  const json = readFileSync(path.join(folder, String(one.inputs['trustedRoot'])), 'utf8');
  const root = loadTrustRoot(aRoot(json));
  const problem = isRefusal(root) ? root : unusedPart(root);
  return {
    ...aboutCase(one),
    verified: false,
    result: (problem === undefined) === (one.expected === 'parse-ok') ? 'agreed' : 'disagreed',
    why: problem ? refusalText(problem) : 'read',
    refusals: problem ? [problem] : [],
  };
}

/** A log or certificate that was read and cannot be used. */
function unusedPart(root: TrustDomain): Refusal | undefined {
  const logs = [...root.logs, ...root.certificateLogs];
  const authorities = [...root.authorities, ...root.timestampAuthorities];
  const keys = logs.flatMap(({ url, key }) => (isRefusal(key) ? [about(url, key)] : []));
  const certificates = authorities.flatMap(({ url, unusable = [] }) =>
    unusable.map(({ refusal }) => about(url, refusal)),
  );
  return [...keys, ...certificates][0];
}

const about = (url: string, { status, reason, detail }: Refusal): Refusal =>
  new Refusal(status, reason, `${url}: ${detail}`);
