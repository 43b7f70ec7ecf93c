import { expect, it } from 'vitest';
import { digest } from '#lib/model/digest.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import { bestOf, refusedVerdict, verdictOf } from './assess.ts';
import { inconclusive, invalid, untrusted } from './refusal.ts';

const id = digest(`sha256:${'ab'.repeat(32)}`);
const evidence: Evidence = {
  kind: 'cosign-attestation',
  id,
  subject: id,
  sources: [],
  envelope: Buffer.alloc(0),
  annotations: {},
};
const verdicts = {
  verified: verdictOf(evidence, { checks: [], times: [] }),
  inconclusive: refusedVerdict(evidence, inconclusive('verifier-crash', 'x'), 'format'),
  untrusted: refusedVerdict(evidence, untrusted('no-authority', 'x'), 'key'),
  invalid: refusedVerdict(evidence, invalid('signature-bad', 'x'), 'signature'),
};

it.each([
  [invalid, 'nothing'],
  [inconclusive, 'nothing'],
  [untrusted, 'signed'],
] as const)('a claim proves something only where a signer stands for it', (refuse, proves) => {
  const claim = { proves: 'signed', annotations: {}, detail: '' } as const;
  const refusal = refuse('no-authority', 'x');
  expect(verdictOf(evidence, { checks: [], times: [], claim, refusal }).proves).toBe(proves);
});

it.each([
  ['verified', 'inconclusive'],
  ['verified', 'invalid'],
  // What could not be judged may be good: neither "untrusted" nor "invalid" may hide that.
  ['inconclusive', 'untrusted'],
  ['inconclusive', 'invalid'],
  ['untrusted', 'invalid'],
] as const)('of several verdicts about one item, %s counts before %s', (better, worse) => {
  const [one, other] = [verdicts[better], verdicts[worse]];
  expect(bestOf([one, other]).status).toBe(better);
  expect(bestOf([other, one]).status).toBe(better);
});
