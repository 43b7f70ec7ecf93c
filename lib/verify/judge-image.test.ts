import { describe, expect, it } from 'vitest';
import type { PlaceSearched } from '#lib/model/evidence.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { aDiscovery, anImage, digestOf } from '#tests/builders/signing.ts';
import { judgeImage } from './judge-image.ts';

const image = anImage();
let next = 0;

const item = (overrides: Partial<EvidenceVerdict>): EvidenceVerdict => ({
  evidence: digestOf(String(next++)),
  kind: 'cosign-signature',
  sources: [],
  proves: 'nothing',
  status: 'invalid',
  times: [],
  checks: [],
  ...overrides,
});

const signed = () => item({ status: 'verified', proves: 'signed', authority: 'release' });
const attested = () =>
  item({ kind: 'sigstore-bundle', status: 'verified', proves: 'attested', predicateType: 'x' });
const stranger = () => item({ status: 'untrusted', proves: 'signed', reason: 'identity-mismatch' });
const strangersAttestation = () =>
  item({
    status: 'untrusted',
    proves: 'attested',
    predicateType: 'x',
    reason: 'identity-mismatch',
  });
const broken = () => item({ status: 'invalid', reason: 'signature-bad' });
const brokenAttestation = () =>
  item({ kind: 'cosign-attestation', status: 'invalid', reason: 'signature-bad' });
const unjudged = (reason: ReasonCode = 'unsupported-format') =>
  item({ status: 'inconclusive', reason });
const attachment = () =>
  item({ kind: 'unsigned-attachment', status: 'untrusted', reason: 'no-signature' });
const down: Partial<PlaceSearched> = { reason: 'registry-unreachable', retryable: true };

type Row = readonly [
  string,
  readonly EvidenceVerdict[],
  readonly Partial<PlaceSearched>[],
  string,
  ReasonCode | undefined,
];

describe('judgeImage', () => {
  it.each<Row>([
    ['nothing anywhere', [], [], 'unsigned', 'no-signature'],
    ['only what nobody signed', [attachment()], [], 'unsigned', 'no-signature'],
    ['a good signature', [signed()], [], 'verified', undefined],
    ['a good one beside a broken one', [broken(), signed()], [], 'verified', undefined],
    ['a good one beside an unjudged one', [unjudged(), signed()], [], 'verified', undefined],
    ['a good one though a place is down', [signed()], [down], 'verified', undefined],
    ['nothing, and a place is down', [], [down], 'inconclusive', 'registry-unreachable'],
    [
      'a broken one, and a place is down',
      [broken()],
      [down],
      'inconclusive',
      'registry-unreachable',
    ],
    [
      'a stranger, and a place is down',
      [stranger()],
      [down],
      'inconclusive',
      'registry-unreachable',
    ],
    [
      'an attestation, and a place is down',
      [attested()],
      [down],
      'inconclusive',
      'registry-unreachable',
    ],
    [
      'places that failed differently',
      [],
      [down, { reason: 'registry-forbidden' }],
      'inconclusive',
      'discovery-incomplete',
    ],
    ['one that cannot be judged', [unjudged()], [], 'inconclusive', 'unsupported-format'],
    [
      'a broken and an unjudged one',
      [broken(), unjudged()],
      [],
      'inconclusive',
      'unsupported-format',
    ],
    [
      'a stranger and an unjudged one',
      [stranger(), unjudged()],
      [],
      'inconclusive',
      'unsupported-format',
    ],
    [
      'an attestation and an unjudged one',
      [attested(), unjudged()],
      [],
      'inconclusive',
      'unsupported-format',
    ],
    [
      'two unjudged ones, of which one may come right',
      [unjudged(), unjudged('trustroot-missing')],
      [],
      'inconclusive',
      'trustroot-missing',
    ],
    ['a stranger', [stranger()], [], 'untrusted', 'identity-mismatch'],
    [
      'a stranger beside a broken one',
      [broken(), stranger()],
      [],
      'untrusted',
      'identity-mismatch',
    ],
    ['a broken one', [broken()], [], 'invalid', 'signature-bad'],
    ['a broken attestation alone', [brokenAttestation()], [], 'invalid', 'signature-bad'],
    ['a verified attestation alone', [attested()], [], 'unsigned', 'attested-only'],
    [
      'it beside a broken attestation',
      [attested(), brokenAttestation()],
      [],
      'unsigned',
      'attested-only',
    ],
    ['it beside a broken signature', [attested(), broken()], [], 'invalid', 'signature-bad'],
    ['it beside a stranger', [attested(), stranger()], [], 'untrusted', 'identity-mismatch'],
    [
      "it beside a stranger's attestation",
      [attested(), strangersAttestation()],
      [],
      'unsigned',
      'attested-only',
    ],
    [
      "a stranger's attestation alone",
      [strangersAttestation()],
      [],
      'untrusted',
      'identity-mismatch',
    ],
  ])('%s', (_, evidence, failed, status, reason) => {
    const discovery = aDiscovery(image.digest, [], failed);
    const verdict = judgeImage(discovery, evidence);
    expect([verdict.status, verdict.reason]).toEqual([status, reason]);
    // The order in which the registry listed them must not matter.
    const reversed = judgeImage(discovery, [...evidence].reverse());
    expect([reversed.status, reversed.reason]).toEqual([status, reason]);
    expect(verdict.attested).toBe(
      evidence.some((one) => one.proves === 'attested' && one.status === 'verified'),
    );
  });

  it('never refutes while a place is down, whatever lies elsewhere', () => {
    const kinds = [
      attested,
      stranger,
      strangersAttestation,
      broken,
      brokenAttestation,
      unjudged,
      attachment,
    ];
    for (const one of kinds)
      for (const two of kinds) {
        const verdict = judgeImage(aDiscovery(image.digest, [], [down]), [one(), two()]);
        expect(verdict).toMatchObject({ status: 'inconclusive', retryable: true });
      }
  });

  it('says when to try again: as soon as one of the places says so', () => {
    const discovery = aDiscovery(
      image.digest,
      [],
      [
        { ...down, retryAt: '2026-11-21T13:00:00.000Z' },
        { ...down, retryAt: '2026-11-21T12:00:00.000Z' },
      ],
    );
    expect(judgeImage(discovery, []).retryAt).toBe('2026-11-21T12:00:00.000Z');
  });

  it('warns of bad neighbours and of places that failed beside a good signature', () => {
    const discovery = aDiscovery(image.digest, [], [down]);
    const { warnings } = judgeImage(discovery, [signed(), broken(), unjudged(), attachment()]);
    expect(warnings.map(({ reason }) => reason)).toEqual([
      'signature-bad',
      'unsupported-format',
      'registry-unreachable',
    ]);
  });
});
