import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRefusal } from '#lib/verify/refusal.ts';
import { loadTrustRoot, type TrustDomain } from '#lib/verify/trusted-root.ts';
import type { Case } from './cases.ts';
import { aRoot, type Outcome } from './judge-bundle.ts';

/** Judges whether a trusted root can be read, and everything in it. */
export function judgeTrustedRoot(folder: string, one: Case): Outcome {
  const json = readFileSync(path.join(folder, String(one.inputs['trustedRoot'])), 'utf8');
  const root = loadTrustRoot(aRoot(json));
  const problem = isRefusal(root) ? root.detail : unusedPart(root);
  const agreed = (problem === undefined) === (one.expected === 'parse-ok');
  return {
    id: one.id,
    source: one.source.repo,
    expected: one.expected,
    verified: false,
    result: agreed ? 'agreed' : 'disagreed',
    why: problem ?? 'read',
  };
}

/** A log or certificate that was read and cannot be used. */
function unusedPart(root: TrustDomain): string | undefined {
  const logs = [...root.logs, ...root.certificateLogs];
  const authorities = [...root.authorities, ...root.timestampAuthorities];
  const keys = logs.flatMap(({ url, key }) => (isRefusal(key) ? [`${url}: ${key.detail}`] : []));
  const certificates = authorities.flatMap(({ url, unusable = [] }) =>
    unusable.map(({ refusal }) => `${url}: ${refusal.detail}`),
  );
  return [...keys, ...certificates][0];
}
