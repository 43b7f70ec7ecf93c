import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import type { TrustRoot } from '#lib/model/authority.ts';
import {
  aLog,
  aLoggedLeaf,
  type CertificateLog,
  promiseOf,
} from '#tests/builders/certificate-log.ts';
import { anAuthority, extension } from '#tests/builders/issued-certificate.ts';
import { bundleEvidence, digestOf, exactly, keylessAuthority } from '#tests/builders/signing.ts';
import { certified, fulcioIssuer } from '#tests/builders/signing-pki.ts';
import {
  aSigningWorld,
  certifying,
  reasonIn,
  type SigningWorld,
  spoilRoot,
  testIdentity,
  trusting,
} from '#tests/builders/signing-world.ts';
import { artifactOfImage } from './artifact.ts';
import { examineCertificate } from './examine.ts';
import { readBundle } from './read-bundle.ts';
import { isRefusal } from './refusal.ts';
import { isSampled } from './second-opinion.ts';
import type { SignedItem } from './signed-item.ts';
import { loadTrustRoot, type TrustDomain } from './trusted-root.ts';

let world: SigningWorld;
let item: SignedItem;

beforeAll(async () => {
  world = await aSigningWorld();
  const read = readBundle((await world.bundle()).bytes);
  if (isRefusal(read)) throw new TypeError(read.detail);
  item = read;
});

const domainOf = (root: TrustRoot): TrustDomain => {
  const domain = loadTrustRoot(root);
  if (isRefusal(domain)) throw new TypeError(domain.detail);
  return domain;
};

/** The examination where our own code reads one root and the library another. */
const examine = (own: TrustRoot, library: TrustRoot, secondOpinion = true) => {
  const examination = examineCertificate(
    item,
    { ...domainOf(own), material: domainOf(library).material },
    {
      artifact: artifactOfImage(world.image.digest),
      tlog: 'required',
      sct: 'required',
      now: new Date(),
      secondOpinion,
    },
  );
  const check = examination.checks.find(({ id }) => id === 'second-opinion');
  return { refusal: examination.refusal, check };
};

const otherLogKey = (root: TrustRoot): TrustRoot =>
  spoilRoot(root, (json) => {
    json.tlogs[0].publicKey.rawBytes = generateKeyPair().publicDer.toString('base64');
  });

describe('the second opinion', () => {
  it('is recorded where it agrees', () => {
    const { refusal, check } = examine(world.root, world.root);
    expect(refusal).toBeUndefined();
    expect(check).toMatchObject({ outcome: 'passed' });
  });

  it('makes inconclusive what our own code accepts and the library refuses', () => {
    const { refusal, check } = examine(world.root, otherLogKey(world.root));
    expect(refusal).toMatchObject({ status: 'inconclusive', reason: 'verifier-disagreement' });
    expect(check).toMatchObject({ outcome: 'failed', reason: 'verifier-disagreement' });
    expect(check?.detail).toContain('our own code accepts it, @sigstore/verify refuses it');
  });

  it('makes inconclusive what our own code refuses and the library accepts by the same rule', () => {
    const { refusal, check } = examine(otherLogKey(world.root), world.root);
    expect(refusal).toMatchObject({ status: 'inconclusive', reason: 'verifier-disagreement' });
    expect(check?.detail).toContain('@sigstore/verify accepts it');
  });

  it('leaves a refusal that both come to', () => {
    const root = otherLogKey(world.root);
    const { refusal, check } = examine(root, root);
    expect(refusal).toMatchObject({ status: 'invalid', reason: 'tlog-set-bad' });
    expect(check).toMatchObject({ outcome: 'passed' });
  });

  it('is not asked for outside the sample, and the check says so', () => {
    const { refusal, check } = examine(world.root, otherLogKey(world.root), false);
    expect(refusal).toBeUndefined();
    expect(check).toMatchObject({ outcome: 'not-run' });
  });
});

describe('a certificate with several certificate log proofs', () => {
  const withCertificateLogs = (root: TrustRoot, ...logs: readonly CertificateLog[]): TrustRoot =>
    spoilRoot(root, (json) => {
      json.ctlogs = logs.map(({ trusted, spki, id }) => ({
        baseUrl: trusted.url,
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes: spki.toString('base64'),
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor: { start: '2020-01-01T00:00:00Z' },
        },
        logId: { keyId: id.toString('base64') },
      }));
    });

  async function judge(
    promises: (entry: Buffer, log: CertificateLog, other: CertificateLog) => readonly Buffer[],
    sct: 'required' | 'ignored' = 'required',
  ) {
    const [issuer, log, other] = [await anAuthority(), aLog(), aLog()];
    const leaf = await aLoggedLeaf(issuer, (entry) => promises(entry, log, other), [
      extension.names({ type: 'url', value: testIdentity.subject }),
      fulcioIssuer(testIdentity.issuer),
    ]);
    const signed = await world.bundle(
      'rekor-1',
      undefined,
      certifying(world.sigstore, certified(leaf)),
    );
    const verdict = world.judge(signed, {
      authority: keylessAuthority([exactly(testIdentity)], { sct }),
      root: withCertificateLogs(trusting(world.root, [issuer.der]), log, other),
    });
    const opinion = verdict.checks.find(({ id }) => id === 'second-opinion');
    return [reasonIn(verdict), opinion?.outcome];
  }

  it('that all hold is judged by both', async () => {
    const both = await judge((entry, ...logs) => logs.map((log) => promiseOf(log, entry)));
    expect(both).toEqual(['verified', 'passed']);
  });

  it('of which one holds is good, although the library wants all to hold', async () => {
    const one = (entry: Buffer, log: CertificateLog, other: CertificateLog) => [
      promiseOf(log, entry),
      promiseOf(other, Buffer.from('another certificate')),
    ];
    expect(await judge(one)).toEqual(['verified', 'not-run']);
    expect(await judge(one, 'ignored')).toEqual(['verified', 'not-run']);
  });

  it('of which none holds is refused by both', async () => {
    const none = (_: Buffer, ...logs: readonly CertificateLog[]) =>
      logs.map((log) => promiseOf(log, Buffer.from('another certificate')));
    expect(await judge(none)).toEqual(['sct-bad', 'passed']);
    expect(await judge(none, 'ignored')).toEqual(['verified', 'not-run']);
  });
});

describe('the sample', () => {
  const root = { revision: 'r1' };
  const ids = Array.from({ length: 5_000 }, (_, n) => digestOf(String(n)));

  it('holds about one in 128, by evidence and trust root and nothing else', () => {
    const sampled = ids.filter((id) => isSampled(item, id, root));
    expect(sampled.length).toBeGreaterThan(15);
    expect(sampled.length).toBeLessThan(80);
    expect(ids.filter((id) => isSampled(item, id, root))).toEqual(sampled);
    const next = ids.filter((id) => isSampled(item, id, { revision: 'r2' }));
    expect(next).not.toEqual(sampled);
  });

  it('holds all evidence with several log entries or timestamps', () => {
    const [entry] = item.tlogEntries;
    if (entry === undefined) throw new TypeError('the bundle has no entry');
    const several = { ...item, tlogEntries: [entry, entry] };
    const stamped = { ...item, timestamps: [Buffer.alloc(1), Buffer.alloc(2)] };
    for (const id of ids.slice(0, 300)) {
      expect(isSampled(several, id, root)).toBe(true);
      expect(isSampled(stamped, id, root)).toBe(true);
    }
  });

  it('comes to the same verdict whether asked or not, where both agree', async () => {
    const evidence = bundleEvidence(world.image.digest, await world.bundle());
    expect(world.judge(evidence).status).toBe('verified');
    expect(examine(world.root, world.root, false).refusal).toBeUndefined();
  });
});
