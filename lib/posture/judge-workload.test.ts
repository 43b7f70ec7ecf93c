import { describe, expect, it } from 'vitest';
import { parseReference } from '#lib/model/reference.ts';
import { aDigest, aUse, aWorkload, type UseToJudge } from '#tests/builders/workload.ts';
import { judgeWorkload } from './judge-workload.ts';

const judge = (...uses: UseToJudge[]) => judgeWorkload({ workload: aWorkload(), uses });
const status = (use: UseToJudge) => {
  const [judged] = judge(use).uses;
  return [judged!.status, judged!.reason];
};
const image = 'ghcr.io/acme/web:1.2';

describe('judgeWorkload', () => {
  it.each([
    ['verified', undefined],
    ['unsigned', 'no-signature'],
    ['untrusted', 'identity-mismatch'],
    ['invalid', 'claim-digest'],
    ['inconclusive', 'registry-timeout'],
  ] as const)('takes the verdict %s over as it is', (verdict, reason) => {
    const given = { status: verdict, ...(reason !== undefined && { reason, detail: 'why' }) };
    const { uses } = judge(aUse(image, { verdict: given }));
    expect(uses).toEqual([{ useId: expect.any(String), ...given }]);
  });

  describe('an image that only a signed index lists', () => {
    const inheritedFrom = {
      index: aDigest('index'),
      platform: 'linux/amd64',
      authority: 'release',
    };
    const unsigned = { status: 'unsigned', reason: 'no-signature', inheritedFrom } as const;
    const under = (rule: 'warn' | 'count', verdict: UseToJudge['verdict']) => {
      const use = aUse(image, verdict === undefined ? {} : { verdict });
      return judgeWorkload({ workload: aWorkload(), uses: [use] }, { inheritFromIndex: rule });
    };

    it('stays unsigned, and the reader is told of the index', () => {
      const { uses, findings } = under('warn', unsigned);
      expect(uses).toMatchObject([{ status: 'unsigned', reason: 'no-signature' }]);
      expect(uses[0]?.detail).toContain('release');
      expect(findings.map(({ kind }) => kind)).toContain('unsigned');
    });

    it('counts as proven where the operator says so', () => {
      const { uses, findings } = under('count', unsigned);
      expect(uses).toMatchObject([{ status: 'verified' }]);
      expect(uses[0]).not.toHaveProperty('reason');
      expect(findings.map(({ kind }) => kind)).not.toContain('unsigned');
    });

    it.each(['invalid', 'untrusted', 'inconclusive'] as const)(
      'is not made good when it is %s itself',
      (bad) => {
        const verdict = { status: bad, reason: 'signature-bad', inheritedFrom } as const;
        expect(under('count', verdict).uses).toMatchObject([{ status: bad }]);
      },
    );
  });

  it('never calls unsigned what it could not look at', () => {
    const blind: UseToJudge[] = [
      aUse(image),
      aUse(image, { running: { state: 'local', imageId: aDigest('config') } }),
      aUse(image, { running: { state: 'malformed', imageId: 'sha512:00' } }),
      aUse(image, { running: { state: 'malformed', imageId: '???' } }),
      aUse(image, { running: { state: 'pending' } }),
      aUse(image, { running: { state: 'pending' }, pods: 0, tagNow: { state: 'gone' } }),
      aUse('Not/A/Reference'),
    ];
    expect(blind.map(status)).toEqual([
      ['inconclusive', 'not-checked-yet'],
      ['inconclusive', 'unresolvable-local'],
      ['inconclusive', 'unsupported-digest'],
      ['inconclusive', 'unresolvable-local'],
      ['inconclusive', 'pending'],
      ['inconclusive', 'tag-gone'],
      ['inconclusive', 'reference-malformed'],
    ]);
  });

  it('says of a local image what the node reported, even where a verdict has the same digest', () => {
    const local = aUse(image, {
      running: { state: 'local', imageId: aDigest('config') },
      verdict: { status: 'verified' },
    });
    expect(status(local)).toEqual(['inconclusive', 'unresolvable-local']);
  });

  it('judges a template at rest by what its digest or tag names', () => {
    const atRest = (change: Partial<UseToJudge>) =>
      aUse(image, { running: { state: 'pending' }, pods: 0, ...change });
    expect(status(atRest({ verdict: { status: 'verified' } }))).toEqual(['verified', undefined]);
    expect(status(atRest({}))).toEqual(['inconclusive', 'not-checked-yet']);
    expect(
      status(
        atRest({ tagNow: { state: 'unknown', reason: 'registry-unauthorized', detail: '401' } }),
      ),
    ).toEqual(['inconclusive', 'registry-unauthorized']);
  });
});

describe('findings', () => {
  const found = (...uses: UseToJudge[]) =>
    judge(...uses)
      .findings.map(({ kind, reason, severity }) => [kind, reason, severity])
      .sort();
  const pinned = `ghcr.io/acme/web@${aDigest('web')}`;
  const runs = (name: string) => ({ running: { state: 'digest', digest: aDigest(name) } }) as const;

  it.each([
    ['invalid', 'signature-bad', 'critical', 'image owner'],
    ['unsigned', 'no-signature', 'high', 'image owner'],
    ['untrusted', 'no-authority', 'high', 'security'],
    ['inconclusive', 'registry-timeout', 'medium', 'registry'],
  ] as const)('has one for %s with who must act', (kind, reason, severity, owner) => {
    const { findings } = judge(aUse(pinned, { verdict: { status: kind, reason } }));
    expect(findings).toMatchObject([{ kind, reason, severity, owner, container: 'web' }]);
  });

  it('has none for a verified, pinned container', () => {
    expect(found(aUse(pinned, { verdict: { status: 'verified' } }))).toEqual([]);
  });

  it('has none for what is only waiting', () => {
    expect(found(aUse(pinned), aUse(pinned, { running: { state: 'pending' } }))).toEqual([]);
  });

  it.each([
    ['ghcr.io/acme/web', 'tag-latest', 'medium'],
    ['ghcr.io/acme/web:latest', 'tag-latest', 'medium'],
    ['ghcr.io/acme/web:1.2', 'tag-only', 'low'],
  ])('tells that %s is not pinned by a digest', (declared, reason, severity) => {
    expect(found(aUse(declared))).toEqual([['tag-pinned', reason, severity]]);
  });

  it('says nothing of the tag beside a digest: the digest wins', () => {
    const both = `ghcr.io/acme/web:1.2@${aDigest('web')}`;
    const moved = { state: 'moved', digest: aDigest('new') } as const;
    expect(found(aUse(both, { tagNow: moved }))).toEqual([]);
  });

  it.each([
    [undefined, 'medium'],
    ['verified', 'medium'],
    ['inconclusive', 'medium'],
    ['unsigned', 'high'],
    ['untrusted', 'high'],
    ['invalid', 'high'],
  ] as const)('weighs a moved tag by what it names now (%s)', (tagNowStatus, severity) => {
    const moved = aUse(image, {
      tagNow: { state: 'moved', digest: aDigest('new') },
      ...(tagNowStatus !== undefined && { tagNowStatus }),
    });
    expect(found(moved)).toContainEqual(['tag-moved', 'tag-moved', severity]);
  });

  it('knows what the tag names now from a neighbour that runs it already', () => {
    const old = aUse(image, { ...runs('old'), tagNow: { state: 'moved', digest: aDigest('new') } });
    const fresh = aUse(image, { ...runs('new'), verdict: { status: 'unsigned' } });
    expect(found(old, fresh)).toContainEqual(['tag-moved', 'tag-moved', 'high']);
  });

  it('tells that a tag is gone', () => {
    expect(found(aUse(image, { tagNow: { state: 'gone' } }))).toContainEqual([
      'tag-moved',
      'tag-gone',
      'medium',
    ]);
  });

  it('tells once that replicas differ under one reference, and names the digests', () => {
    const { findings } = judge(
      aUse(image, { ...runs('a'), pods: 3 }),
      aUse(image, { ...runs('b'), pods: 1 }),
    );
    const differ = findings.filter(({ kind }) => kind === 'replicas-differ');
    expect(differ).toHaveLength(1);
    expect(differ[0]!.detail).toContain(`${aDigest('a').slice(7, 19)} in 3 pods`);
    expect(differ[0]!.detail).toContain(`${aDigest('b').slice(7, 19)} in 1 pod`);
  });

  it('does not take a rollout for replicas that differ', () => {
    const next = aUse('ghcr.io/acme/web:1.3', runs('b'));
    expect(found(aUse(image, runs('a')), next).map(([kind]) => kind)).not.toContain(
      'replicas-differ',
    );
  });

  it('tells of a tag once, however many digests run under it', () => {
    const kinds = found(aUse(image, runs('a')), aUse(image, runs('b'))).map(([kind]) => kind);
    expect(kinds.filter((kind) => kind === 'tag-pinned')).toHaveLength(1);
  });

  it('keeps the ids from scan to scan and apart from each other', () => {
    const uses = [
      aUse(image, { ...runs('a'), verdict: { status: 'unsigned' } }),
      aUse(image, { ...runs('b'), verdict: { status: 'unsigned' } }),
      aUse(image, { container: 'log', ...runs('a'), verdict: { status: 'unsigned' } }),
      aUse(image, { kind: 'image-volume', ...runs('a'), verdict: { status: 'unsigned' } }),
    ];
    const ids = judge(...uses).findings.map(({ id }) => id);
    const later = judge(...uses.map((use) => ({ ...use, pods: 7, examples: ['x'] })));
    expect(later.findings.map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('finds the pin of the reference, not of the text', () => {
    expect(parseReference('localhost:5000/web').ok).toBe(true);
    expect(found(aUse('localhost:5000/web'))).toEqual([['tag-pinned', 'tag-latest', 'medium']]);
  });
});
