import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import type { TextRule } from '#lib/model/authority.ts';
import { imageName, keyAuthority } from '#tests/builders/signing.ts';
import { aSigningWorld, type SigningWorld } from '#tests/builders/signing-world.ts';

let world: SigningWorld;
const key = generateKeyPair();
const byKey = { kind: 'key', key, tlog: false } as const;

beforeAll(async () => {
  world = await aSigningWorld();
});

describe('an authority that asks for a reference', () => {
  const judge = async (reference: TextRule, signed: 'layer' | 'bundle' = 'layer') => {
    const evidence =
      signed === 'layer' ? await world.layer(byKey) : await world.bundle('none', byKey);
    const authority = keyAuthority([key.publicPem], { reference });
    return world.judge(evidence, { authority });
  };

  it('takes the signature whose claim names it, exactly or by a pattern over the whole', async () => {
    for (const reference of [
      { kind: 'exact', value: imageName },
      { kind: 'pattern', pattern: 'registry[.]example/team/.+' },
    ] as const)
      expect(await judge(reference)).toMatchObject({ status: 'verified', reference: imageName });
  });

  it('takes none with another name, and says so in the check of the claim', async () => {
    for (const reference of [
      { kind: 'exact', value: `${imageName}-other` },
      { kind: 'pattern', pattern: 'registry[.]example' },
    ] as const) {
      const verdict = await judge(reference);
      expect(verdict).toMatchObject({ status: 'untrusted', reason: 'reference-mismatch' });
      expect(verdict.checks).toContainEqual(
        expect.objectContaining({ id: 'claim', outcome: 'failed', reason: 'reference-mismatch' }),
      );
    }
  });

  it('takes no signature that names none, as those of bundles', async () => {
    expect(await judge({ kind: 'exact', value: imageName }, 'bundle')).toMatchObject({
      status: 'untrusted',
      reason: 'reference-mismatch',
    });
  });

  it('judges nothing by a rule that cannot be read or would take any', async () => {
    for (const pattern of ['(', '.*'])
      expect(await judge({ kind: 'pattern', pattern })).toMatchObject({
        status: 'inconclusive',
        reason: 'key-unresolvable',
      });
  });
});
