import { describe, expect, it } from 'vitest';
import type { Certificate } from '#lib/verify/certificate.ts';
import { inconclusive, isRefusal } from '#lib/verify/refusal.ts';
import type { TrustedAuthority } from '#lib/verify/trusted-root.ts';
import {
  type AlgorithmName,
  ago,
  anAuthority,
  aSigner,
  extension,
  hour,
  type Issued,
  type IssueOptions,
  issue,
  purpose,
  trusting,
} from '#tests/builders/issued-certificate.ts';
import { type CertificatePath, validatePath } from './validate-path.ts';

const now = Date.now();

type Extensions = NonNullable<IssueOptions['extensions']>;

/** The reason of a refusal, or how many certificates the path has. */
function outcome(
  leaf: Issued,
  authorities: readonly TrustedAuthority[],
  {
    along = [],
    times = [now],
  }: { readonly along?: readonly Issued[]; readonly times?: readonly number[] } = {},
): string | number {
  const path = judge(leaf.parsed, authorities, along, times);
  return isRefusal(path) ? path.reason : path.certificates.length;
}

const judge = (
  leaf: Certificate,
  authorities: readonly TrustedAuthority[],
  along: readonly Issued[],
  times: readonly number[],
) =>
  validatePath({
    leaf,
    intermediates: along.map(({ parsed }) => parsed),
    authorities,
    domain: 'test',
    purpose: 'code-signing',
    times,
  });

describe('a path to an authority', () => {
  it('leads through the trust root, the evidence, or nothing at all', async () => {
    const root = await anAuthority();
    const middle = await anAuthority({ issuer: root });
    const leaf = await aSigner(middle);
    expect(outcome(leaf, trusting([middle, root]))).toBe(3);
    expect(outcome(leaf, trusting([root]), { along: [middle] })).toBe(3);
    expect(outcome(await aSigner(root), trusting([root]))).toBe(2);
  });

  it('R9: may end in an anchor that is not self-signed, and says who issued the leaf', async () => {
    const root = await anAuthority();
    const middle = await anAuthority({ issuer: root });
    const path = judge((await aSigner(middle)).parsed, trusting([middle]), [], [now]);
    expect((path as CertificatePath).issuer.fingerprint).toBe(middle.parsed.fingerprint);
  });

  it('N40: does not lead anywhere from a stranger, whatever its name', async () => {
    const root = await anAuthority({ name: 'CN=sigstore' });
    const fake = await anAuthority({ name: 'CN=sigstore' });
    expect(outcome(await aSigner(fake), trusting([root]))).toBe('cert-untrusted-root');
    expect(outcome(await aSigner(fake), trusting([root]), { along: [fake] })).toBe(
      'cert-untrusted-root',
    );
  });

  it('does not lead to an authority of another name, though its key signed', async () => {
    const root = await anAuthority();
    const leaf = await aSigner({ ...root, name: 'CN=someone else' });
    expect(outcome(leaf, trusting([root]))).toBe('cert-untrusted-root');
  });

  it('N53: does not borrow an intermediate that only another authority lists', async () => {
    const [one, other] = [await anAuthority(), await anAuthority()];
    const middle = await anAuthority({ issuer: one });
    const leaf = await aSigner(middle);
    expect(outcome(leaf, trusting([one], [middle, other]))).toBe('cert-untrusted-root');
  });

  it.each<AlgorithmName>(['ecdsa-p384', 'ecdsa-p521', 'rsa', 'rsa-pss', 'ed25519'])(
    'holds with keys of the kind %s',
    async (algorithm) => {
      const root = await anAuthority({ algorithm });
      const leaf = await aSigner(root, { algorithm });
      expect(outcome(leaf, trusting([root]))).toBe(2);
    },
  );

  it.each<AlgorithmName>(['ecdsa-sha1', 'rsa-sha1', 'rsa-pss-sha1'])(
    'N42: is refused over SHA-1, as %s has it',
    async (algorithm) => {
      const root = await anAuthority({ algorithm });
      expect(outcome(await aSigner(root), trusting([root]))).toBe('cert-path');
      const middle = await anAuthority({ issuer: root });
      expect(outcome(await aSigner(middle), trusting([middle, root]))).toBe('cert-path');
      // An anchor is believed as it is; its own signature decides nothing.
      expect(outcome(await aSigner(middle), trusting([middle]))).toBe(2);
    },
  );
});

describe('times', () => {
  it('N41: must lie in the validity of every certificate of the path', async () => {
    const root = await anAuthority();
    const expired = await anAuthority({ issuer: root, notAfter: ago(hour) });
    const leaf = await aSigner(expired, { notBefore: ago(3 * hour) });
    const trusted = trusting([expired, root]);
    expect(outcome(leaf, trusted)).toBe('cert-expired-at-time');
    expect(outcome(leaf, trusted, { times: [now - 2 * hour] })).toBe(3);
  });

  it('N32: must all be good, both ends included', async () => {
    const root = await anAuthority();
    const [from, until] = [ago(2 * hour), ago(hour)];
    const leaf = await aSigner(root, { notBefore: from, notAfter: until });
    const trusted = trusting([root]);
    const both = [from.getTime(), until.getTime()];
    expect(outcome(leaf, trusted, { times: both })).toBe(2);
    expect(outcome(leaf, trusted, { times: [...both, until.getTime() + 1] })).toBe(
      'cert-expired-at-time',
    );
    expect(outcome(leaf, trusted, { times: [from.getTime() - 1] })).toBe('cert-expired-at-time');
    expect(outcome(leaf, trusted, { times: [Number.NaN] })).toBe('cert-expired-at-time');
  });

  it('must lie where the trust root names the authority', async () => {
    const root = await anAuthority();
    const [entry] = trusting([root]);
    if (entry === undefined) throw new TypeError('no authority');
    const leaf = await aSigner(root);
    const retired = [{ ...entry, from: now - 3 * hour, until: now - hour }];
    expect(outcome(leaf, retired, { times: [now - hour] })).toBe(2);
    expect(outcome(leaf, retired)).toBe('cert-expired-at-time');
    expect(outcome(leaf, retired, { times: [now - 4 * hour] })).toBe('cert-expired-at-time');
  });

  it('may be covered by another path of the same certificate', async () => {
    const old = await anAuthority({ notAfter: ago(hour) });
    const leaf = await aSigner(old, { notBefore: ago(3 * hour) });
    const renewed = await anAuthority({ name: old.name, keys: old });
    expect(outcome(leaf, trusting([old], [renewed]))).toBe(2);
  });
});

describe('N42: what certificates may be used for', () => {
  const leafWith = async (...extensions: Extensions) => {
    const root = await anAuthority();
    return outcome(await aSigner(root, { extensions }), trusting([root]));
  };

  it.each([
    ['no purpose', [extension.signs()], 'cert-eku'],
    ['another purpose', [extension.signs(), extension.for([purpose.server])], 'cert-eku'],
    ['any purpose', [extension.signs(), extension.for([purpose.any])], 'cert-eku'],
    ['no key usage', [extension.for([purpose.code])], 'cert-ku'],
    ['another key usage', [extension.encrypts(), extension.for([purpose.code])], 'cert-ku'],
    [
      'authority over others',
      [extension.ca(), extension.signs(), extension.for([purpose.code])],
      'cert-path',
    ],
    [
      'an unknown critical extension',
      [extension.signs(), extension.for([purpose.code]), extension.unknown(true)],
      'cert-critical-ext',
    ],
    [
      'an unknown extension that is not critical',
      [extension.signs(), extension.for([purpose.code]), extension.unknown(false)],
      2,
    ],
  ])('a leaf with %s', async (_, extensions, expected) => {
    expect(await leafWith(...extensions)).toBe(expected);
  });

  const authorityWith = async (...extensions: Extensions) => {
    const root = await anAuthority();
    const middle = await issue({ issuer: root, extensions });
    return outcome(await aSigner(middle), trusting([middle, root]));
  };

  it.each([
    ['that is none', [extension.issues()], 'cert-path'],
    ['that says it is none', [extension.notCa(), extension.issues()], 'cert-path'],
    ['whose key may not issue', [extension.ca(), extension.signs()], 'cert-ku'],
    ['without key usage', [extension.ca()], 3],
    [
      'for servers only',
      [extension.ca(), extension.issues(), extension.for([purpose.server])],
      'cert-eku',
    ],
    [
      'for code among others',
      [extension.ca(), extension.issues(), extension.for([purpose.server, purpose.code])],
      3,
    ],
    ['for anything', [extension.ca(), extension.issues(), extension.for([purpose.any])], 3],
    [
      'with an unknown critical extension',
      [extension.ca(), extension.issues(), extension.unknown(true)],
      'cert-critical-ext',
    ],
  ])('an authority %s', async (_, extensions, expected) => {
    expect(await authorityWith(...extensions)).toBe(expected);
  });

  it('more authorities than one of them allows below it', async () => {
    const root = await anAuthority({ pathLength: 0 });
    const middle = await anAuthority({ issuer: root });
    expect(outcome(await aSigner(root), trusting([root]))).toBe(2);
    expect(outcome(await aSigner(middle), trusting([middle, root]))).toBe('cert-path');
  });
});

describe('searching', () => {
  it('N42: ends with a chain that is too long', async () => {
    const chain: Issued[] = [await anAuthority()];
    for (let depth = 0; depth < 7; depth++)
      chain.push(await anAuthority({ issuer: chain.at(-1) as Issued }));
    const leaf = await aSigner(chain.at(-1) as Issued);
    const [root, ...between] = chain as [Issued, ...Issued[]];
    expect(outcome(leaf, trusting([root]), { along: between })).toBe('limit-exceeded');
    const lower = await aSigner(chain.at(-2) as Issued);
    expect(outcome(lower, trusting([root]), { along: between.slice(0, -1) })).toBe(8);
  });

  it('N42: ends with more certificates than anyone needs', async () => {
    const root = await anAuthority();
    const many = await Promise.all(Array.from({ length: 9 }, () => anAuthority()));
    expect(outcome(await aSigner(root), trusting([root]), { along: many })).toBe('limit-exceeded');
  });

  it('N42: ends with authorities that sign each other', async () => {
    const one = await anAuthority({ name: 'CN=one' });
    const two = await anAuthority({ name: 'CN=two' });
    const crossed = [
      await anAuthority({ name: 'CN=one', keys: one, issuer: two }),
      await anAuthority({ name: 'CN=two', keys: two, issuer: one }),
    ];
    const leaf = await aSigner(one);
    const other = await anAuthority();
    expect(outcome(leaf, trusting([other]), { along: crossed })).toBe('cert-untrusted-root');
    expect(outcome(leaf, trusting([two]), { along: crossed })).toBe(3);
  });

  it('N42: ends with many authorities of one name and key, in bounded time', async () => {
    const root = await anAuthority({ name: 'CN=a' });
    const stranger = await anAuthority();
    // Every one could have issued every other: 8! ways without a bound.
    const names = ['CN=b', 'CN=b', 'CN=b', 'CN=b', 'CN=b', 'CN=b', 'CN=b'];
    const along = await Promise.all(
      names.map((name) => anAuthority({ name, issuer: { ...root, name: 'CN=b' } })),
    );
    const leaf = await aSigner(along[0] as Issued);
    const before = performance.now();
    expect(['cert-untrusted-root', 'limit-exceeded']).toContain(
      outcome(leaf, trusting([stranger]), { along }),
    );
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('costs one signature for a second certificate by the same issuer', async () => {
    const root = await anAuthority();
    const middle = await anAuthority({ issuer: root });
    const trusted = trusting([middle, root]);
    expect(outcome(await aSigner(middle), trusted)).toBe(3);
    // Were the signature over the intermediate checked again, it would no longer hold.
    const [listed] = trusted[0]?.certificates ?? [];
    listed?.signature.fill(0);
    expect(outcome(await aSigner(middle), trusted)).toBe(3);
    expect(outcome(await aSigner(middle), trusting([middle, root]))).toBe(3);
  });

  it('looks again when other certificates come along with the same leaf', async () => {
    const root = await anAuthority();
    const middle = await anAuthority({ issuer: root });
    const [leaf, trusted] = [await aSigner(middle), trusting([root])];
    expect(outcome(leaf, trusted)).toBe('cert-untrusted-root');
    expect(outcome(leaf, trusted, { along: [middle] })).toBe(3);
    expect(outcome(leaf, trusted)).toBe('cert-untrusted-root');
  });

  it('does not judge by an authority whose key is unknown here', async () => {
    const root = await anAuthority();
    const [entry] = trusting([root]);
    const leaf = await aSigner(root);
    const refusal = judge(leaf.parsed, [], [], [now]);
    if (entry === undefined || !isRefusal(refusal)) throw new TypeError('no authority');
    const unknown = inconclusive('unsupported-algorithm', refusal.detail);
    const unread = {
      ...entry,
      certificates: [],
      unusable: [{ ...root.parsed, refusal: unknown }],
    };
    expect(outcome(leaf, [unread])).toBe('unsupported-algorithm');
  });
});

describe('a private authority', () => {
  const own = (...chains: Parameters<typeof trusting>) =>
    trusting(...chains).map((entry) => ({ ...entry, privatePki: true }) as const);

  it('may leave out what its certificates are for, but not say something else', async () => {
    const root = await anAuthority();
    const plain = await aSigner(root, { extensions: [] });
    expect(outcome(plain, trusting([root]))).toBe('cert-eku');
    expect(outcome(plain, own([root]))).toBe(2);
    const server = await aSigner(root, { extensions: [extension.for([purpose.server])] });
    expect(outcome(server, own([root]))).toBe('cert-eku');
    const cipher = await aSigner(root, { extensions: [extension.encrypts()] });
    expect(outcome(cipher, own([root]))).toBe('cert-ku');
  });

  it('may be one certificate that signs by itself', async () => {
    const self = await issue({ extensions: [extension.signs(), extension.for([purpose.code])] });
    expect(outcome(self, own([self]))).toBe(1);
    expect(outcome(self, trusting([self]))).toBe(1);
    const authority = await anAuthority({ extensions: [extension.for([purpose.code])] });
    expect(outcome(authority, trusting([authority]))).not.toBe(1);
  });
});
