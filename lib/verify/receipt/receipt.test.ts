import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { predicateTypes, slsaProvenance, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Authority } from '#lib/model/authority.ts';
import type { Discovery, Evidence } from '#lib/model/evidence.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { VerifierMaterial } from '#lib/ports/verifier.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  aDiscovery,
  anImage,
  bundleEvidence,
  exactly,
  keyAuthority,
  keylessAuthority,
  layerEvidence,
} from '#tests/builders/signing.ts';
import { aSigningWorld, type Loose, type SigningWorld } from '#tests/builders/signing-world.ts';
import { canonicalJson, digestOf } from './canonical-json.ts';
import { receiptOf, writeReceipt } from './receipt.ts';
import { verifyReceipt } from './verify-receipt.ts';

let world: SigningWorld;
let evidence: Record<'bundle' | 'layer' | 'attested' | 'copied', Evidence>;
const key = generateKeyPair();
const byKey = { kind: 'key', key, tlog: false } as const;

beforeAll(async () => {
  world = await aSigningWorld();
  const { digest } = world.image;
  const provenance = statementAbout(
    world.image,
    predicateTypes.slsaProvenance,
    slsaProvenance('https://github.com/acme/app', 'release.yml'),
  );
  const attested = await signBundle(
    world.sigstore,
    provenance,
    predicateTypes.slsaProvenance,
    { kind: 'keyless', identity: world.identity, root: 'trusted' },
    'rekor-1',
  );
  evidence = {
    bundle: bundleEvidence(digest, await world.bundle()),
    layer: layerEvidence(digest, await world.layer()),
    attested: bundleEvidence(digest, attested),
    copied: bundleEvidence(
      digest,
      await world.bundle(
        'rekor-1',
        undefined,
        undefined,
        statementAbout(anImage('other'), predicateTypes.cosignSign, {}),
      ),
    ),
  };
});

const materialOf = (...authorities: readonly Authority[]): VerifierMaterial => ({
  authorities: authorities.length > 0 ? authorities : [world.authority],
  trustRoots: [world.root],
});

function written(
  found: readonly Evidence[],
  material = materialOf(),
  failed: Parameters<typeof aDiscovery>[2] = [],
): { readonly text: string; readonly verdict: ImageVerdict; readonly discovery: Discovery } {
  const discovery = aDiscovery(world.image.digest, found, failed);
  const judgedAt = new Date();
  const prepared = prepareMaterial(material);
  const { verdict } = verifyImage(discovery, prepared, [], judgedAt, 'sample');
  const receipt = receiptOf({ discovery, material, answers: [], verdict, judgedAt });
  return { text: writeReceipt(receipt), verdict, discovery };
}
const check = (text: string | Uint8Array, now = new Date()) =>
  verifyReceipt(typeof text === 'string' ? Buffer.from(text) : text, now);

/** Changes a receipt and closes it again with a digest that fits: what a forger would do. */
function forged(text: string, change: (json: Loose) => void): string {
  const { digest: _, ...json } = JSON.parse(text) as Loose;
  change(json);
  return `${canonicalJson({ ...json, digest: digestOf(canonicalJson(json)) })}\n`;
}

describe('a receipt', () => {
  it('lets a verified verdict be found again from itself alone', () => {
    const { text, verdict } = written([evidence.bundle, evidence.layer, evidence.attested]);
    expect(verdict.status).toBe('verified');
    expect(check(text)).toMatchObject({
      outcome: 'as-recorded',
      exact: true,
      pins: {
        authorities: [{ name: 'release-workflow', fingerprint: world.authority.fingerprint }],
        trustRoots: [{ name: world.root.name, revision: world.root.revision }],
      },
    });
  });

  it.each([
    [
      'untrusted',
      () =>
        written(
          [evidence.bundle],
          materialOf(keyAuthority([key.publicPem], { images: ['elsewhere/**'] })),
        ),
    ],
    ['invalid', () => written([evidence.copied])],
    ['unsigned', () => written([])],
    ['unsigned', () => written([evidence.attested])],
    [
      'inconclusive',
      () => written([], undefined, [{ reason: 'registry-timeout', retryable: true }]),
    ],
  ] as const)('does so for a verdict that is %s', (status, make) => {
    const { text, verdict } = make();
    expect(verdict.status).toBe(status);
    expect(check(text)).toMatchObject({ outcome: 'as-recorded', exact: true });
  });

  it('holds no authority for other images, and no path of the machine', () => {
    const other = keyAuthority([generateKeyPair().publicPem], { name: 'secret', images: ['x/**'] });
    const here: Authority = {
      ...world.authority,
      source: { kind: 'configuration', path: '/home/me' },
    };
    const { text } = written([evidence.bundle], materialOf(here, other));
    expect(text).not.toContain('secret');
    expect(text).not.toContain('/home/me');
  });

  it('leaves out what policies say, and their trust roots', () => {
    const root = { ...world.root, name: 'TrustRoot/prod/own', origin: 'policy' } as const;
    const policyAuthorities = [
      keylessAuthority([exactly(world.identity)], { trustRoot: root.name }),
    ];
    const { text, verdict } = written([evidence.bundle], {
      ...materialOf(),
      policyAuthorities,
      trustRoots: [world.root, root],
    });
    expect(verdict.underPolicies?.verified).toHaveLength(1);
    expect(text).not.toContain('TrustRoot/prod/own');
    expect(verifyReceipt(Buffer.from(text), new Date())).toMatchObject({
      outcome: 'as-recorded',
      exact: true,
    });
  });

  it('is the same text for the same judgement', () => {
    const { text } = written([evidence.bundle]);
    expect(forged(text, () => undefined)).toBe(text);
  });
});

describe('a receipt that was changed', () => {
  it('is refused, whichever byte it was', () => {
    const bytes = Buffer.from(written([evidence.bundle, evidence.layer]).text);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8((changed[at] ?? 0) ^ by, at);
        expect(check(changed).outcome).toBe('refused');
      }),
      { numRuns: 400 },
    );
  });

  it('is refused when it is cut, grown, or written anew', () => {
    const { text } = written([evidence.bundle]);
    for (const changed of [
      '',
      text.trimEnd(),
      `${text}\n`,
      text.slice(0, -20),
      JSON.stringify(JSON.parse(text), null, 2),
      text.replace('"judgedAt"', '"judgedAt":"2020-01-01T00:00:00.000Z","judgedAt"'),
    ])
      expect(check(changed).outcome).toBe('refused');
  });

  const bundleOf = (json: Loose) => json.discovery.evidence[0].bundle;
  const rewrite = (part: Loose, change: (bytes: Buffer) => Buffer) => {
    const bytes = change(Buffer.from(part.$base64, 'base64'));
    part.$base64 = bytes.toString('base64');
    part.digest = digestOf(bytes);
  };
  const otherRoot = (json: Loose, change: (root: Loose) => void) => {
    const [root] = json.trustRoots;
    const inner = JSON.parse(root.json) as Loose;
    change(inner);
    root.json = JSON.stringify(inner);
    root.revision = digestOf(root.json);
  };

  it.each<[string, string, (json: Loose) => void]>([
    [
      'bytes of evidence under the old digest',
      'refused',
      (json) => {
        bundleOf(json).$base64 = Buffer.from('{}').toString('base64');
      },
    ],
    [
      'a trust root under the old revision',
      'refused',
      (json) => {
        json.trustRoots[0].json = json.trustRoots[0].json.replace('"2', '"1');
      },
    ],
    [
      'an authority under the old fingerprint',
      'refused',
      (json) => {
        json.authorities[0].identities[0].subject.value = 'https://github.com/evil/evil';
      },
    ],
    [
      'a place that failed, called searched',
      'refused',
      (json) => {
        json.discovery.places[0].outcome = 'failed';
      },
    ],
    [
      'a member that nobody knows',
      'refused',
      (json) => {
        json.trust = true;
      },
    ],
    [
      'a time that has not come',
      'refused',
      (json) => {
        json.judgedAt = new Date(Date.now() + 3_600_000).toISOString();
      },
    ],
    [
      'an authority that is none',
      'refused',
      (json) => {
        json.authorities[0] = { kind: 'key', name: 'x', images: ['**'], fingerprint: 'x' };
      },
    ],
    [
      'other bytes of evidence with their digest',
      'differs',
      (json) => {
        rewrite(bundleOf(json), (bytes) => {
          const bundle = JSON.parse(bytes.toString()) as Loose;
          const signature = Buffer.from(bundle.dsseEnvelope.signatures[0].sig, 'base64');
          signature.writeUInt8((signature.at(-1) ?? 0) ^ 1, signature.length - 1);
          bundle.dsseEnvelope.signatures[0].sig = signature.toString('base64');
          return Buffer.from(JSON.stringify(bundle));
        });
      },
    ],
    [
      'another image',
      'differs',
      (json) => {
        json.discovery.subject = digestOf('another image');
        json.verdict.digest = digestOf('another image');
      },
    ],
    [
      'another trust root with its revision',
      'differs',
      (json) => {
        otherRoot(json, (root) => {
          root.certificateAuthorities = [];
        });
      },
    ],
    [
      'an authority that names another signer, with its fingerprint',
      'differs',
      (json) => {
        const [authority] = json.authorities;
        authority.identities[0].subject.value = 'https://github.com/evil/evil';
        authority.fingerprint = authorityFingerprint(authority);
      },
    ],
    [
      'a verdict that names another signer',
      'differs',
      (json) => {
        json.verdict.signer.subject = 'https://github.com/evil/evil';
      },
    ],
    [
      'a check that is told otherwise',
      'differs',
      (json) => {
        json.verdict.evidence[0].checks[0].detail = 'it is all good';
      },
    ],
    [
      'less evidence than the verdict has',
      'differs',
      (json) => {
        json.discovery.evidence = [];
      },
    ],
  ])('by %s, and closed again, is %s', (_, outcome, change) => {
    const { text } = written([evidence.bundle]);
    expect(check(forged(text, change)).outcome).toBe(outcome);
  });

  it('does not become verified by saying so', () => {
    const { text } = written([evidence.copied]);
    const lie = forged(text, (json) => {
      json.verdict.status = 'verified';
      delete json.verdict.reason;
      json.verdict.evidence[0].status = 'verified';
    });
    expect(check(lie)).toMatchObject({ outcome: 'differs', found: { status: 'invalid' } });
  });

  it('by another version of the verifier, has its words and not its checks compared', () => {
    const { text } = written([evidence.bundle]);
    const older = (change: (json: Loose) => void) =>
      check(
        forged(text, (json) => {
          json.verifierVersion = 'older';
          json.verdict.evidence[0].checks[0].detail = 'in other words';
          change(json);
        }),
      );
    expect(older(() => undefined)).toMatchObject({ outcome: 'as-recorded', exact: false });
    expect(
      older((json) => {
        json.verdict.evidence[0].times = [];
      }).outcome,
    ).toBe('differs');
  });

  it('is judged without a crash, whatever is in it', () => {
    const { text } = written([evidence.bundle]);
    const junk = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string(), fc.nat());
    const paths = leavesOf(JSON.parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, (path, value) => {
        const lie = forged(text, (json) => {
          let at = json;
          for (const name of path.slice(0, -1)) at = at[name];
          at[path.at(-1) as string] = value;
        });
        const result = check(lie);
        if (result.outcome === 'as-recorded')
          expect(result.receipt.verdict.signer).toMatchObject({ subject: world.identity.subject });
      }),
      { numRuns: 300 },
    );
  });
});

/** Paths to every member of a value, inner ones too. */
function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value)
    .filter(([name]) => path.length > 0 || name !== 'digest')
    .flatMap(([name, member]) => [[...path, name], ...leavesOf(member, [...path, name])]);
}

describe('key', () => {
  it('authorities need no trust root', async () => {
    const layer = layerEvidence(world.image.digest, await world.layer(byKey));
    const material = { authorities: [keyAuthority([key.publicPem])], trustRoots: [world.root] };
    const { text, verdict } = written([layer], material);
    expect(verdict.status).toBe('verified');
    expect(check(text)).toMatchObject({ outcome: 'as-recorded' });
  });
});
