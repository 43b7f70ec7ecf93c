import { describe, expect, it } from 'vitest';
import type { EvidenceRow } from '#lib/contract/images.ts';
import { evidencePlaces } from '#lib/model/evidence.ts';
import { checkIds } from '#lib/model/verdict.ts';
import {
  checkTitles,
  claimTitle,
  isAttestation,
  mixedSentence,
  placeTitles,
  predicateTitle,
} from './image-words.ts';

const evidence = (over: Partial<EvidenceRow>): EvidenceRow => ({
  id: 'sha256:00',
  kind: 'sigstore-bundle',
  proves: 'signed',
  predicateType: null,
  attestation: null,
  attachment: null,
  status: 'verified',
  reason: null,
  authority: null,
  signer: null,
  trustRoot: null,
  times: [],
  log: null,
  annotations: {},
  sources: [],
  checks: [],
  ...over,
});
const good = evidence({});
const bad = evidence({ status: 'invalid', proves: 'nothing', reason: 'claim-digest' });
const attested = evidence({ proves: 'attested', predicateType: 'https://slsa.dev/provenance/v1' });

describe('signatures and attestations', () => {
  it.each([
    ['a bundle without statement', good, false],
    [
      'the statement by which cosign signs',
      evidence({ predicateType: 'https://sigstore.dev/cosign/sign/v1' }),
      false,
    ],
    ['a signature that fails', bad, false],
    ['provenance', attested, true],
    ['provenance that fails', { ...attested, proves: 'nothing', status: 'invalid' } as const, true],
    ['a legacy attestation', evidence({ kind: 'cosign-attestation' }), true],
    ['an attachment that nobody signed', evidence({ kind: 'unsigned-attachment' }), true],
  ])('%s', (_, item, expected) => {
    expect(isAttestation(item)).toBe(expected);
  });

  it('names the predicate types that people know, and no other', () => {
    expect(predicateTitle('https://slsa.dev/provenance/v1')).toBe('SLSA provenance v1');
    expect(predicateTitle('https://spdx.dev/Document')).toBe('SBOM, SPDX');
    expect(predicateTitle('https://slsa.dev.evil.example/provenance/v1')).toBeUndefined();
  });
});

describe('why a verdict stands', () => {
  it('says that a failing neighbour takes nothing away from a proof', () => {
    expect(mixedSentence({ status: 'verified', evidence: [good, bad] })).toMatch(
      /^One signature that holds is enough\. 1 beside it does not hold/,
    );
  });

  it('says that an attestation is not a signature', () => {
    expect(mixedSentence({ status: 'unsigned', evidence: [attested] })).toMatch(/not a signature/);
  });

  it('says nothing when all evidence points the same way', () => {
    expect(mixedSentence({ status: 'verified', evidence: [good, attested] })).toBeUndefined();
    expect(mixedSentence({ status: 'invalid', evidence: [bad] })).toBeUndefined();
  });
});

describe('words', () => {
  it('exist for every check and every place', () => {
    expect(Object.keys(checkTitles).sort()).toEqual([...checkIds].sort());
    expect(Object.keys(placeTitles).sort()).toEqual([...evidencePlaces].sort());
  });
});

describe('claimTitle', () => {
  it.each([
    ['sourceRepositoryUri', 'Source repository URI'],
    ['githubWorkflowSha', 'GitHub workflow SHA'],
    ['runnerEnvironment', 'Runner environment'],
  ])('says %s in words', (name, title) => {
    expect(claimTitle(name)).toBe(title);
  });
});
