import { beforeEach, describe, expect, it } from 'vitest';
import { log } from '#lib/log.ts';
import { aKyvernoPolicy, someIssuer } from '#tests/builders/admission.ts';
import { aSigner, aVerdict } from '#tests/builders/policy.ts';
import { reviewedImage, reviewedWorkload, storedAdmission } from '#tests/builders/review.ts';
import { type FakeReviewStore, fakeReviewStore } from '#tests/fakes/review-store.ts';
import { listBypasses, listExceptions } from './bypasses.ts';
import { controlMatrix } from './control.ts';
import { allDecisions, listDecisions } from './decisions.ts';
import { findPolicies } from './find-policies.ts';
import { objectId } from './object-id.ts';
import { listPolicies } from './policies.ts';
import { readPolicyDetail } from './policy-detail.ts';
import { createReview, type Review } from './review.ts';

const audit = aKyvernoPolicy('signed', { verification: { failureAction: 'Audit' } });
const signer = aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', someIssuer);
const everything = {
  cluster: [],
  namespace: [],
  team: [],
  policy: [],
  workload: [],
  engine: [],
  mode: [],
  today: [],
  enforced: [],
  code: [],
  kind: [],
  fault: [],
};
const policies = { ...everything, sort: 'gap', order: 'asc' } as const;

let store: FakeReviewStore;
let review: Review;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-11-21T12:00:00Z');
  store = fakeReviewStore('prod', 'empty');
  store.admissions.set('prod', storedAdmission('prod', [audit]));
  store.workloads.set('prod:web', reviewedWorkload('web'));
  store.workloads.set('prod:api', reviewedWorkload('api', { image: 2 }));
  store.images.set(1, reviewedImage(1, []));
  store.images.set(2, reviewedImage(2, [aVerdict(signer)]));
  review = await createReview({
    store,
    log,
    now: () => now,
    channel: 'changed',
    restMs: 0,
    ageMs: 0,
  });
});

const said = async () =>
  allDecisions(await review.fleet(), everything).map(
    ({ workload, policy, today, enforced }) => `${workload} ${policy}: ${today}, ${enforced}`,
  );

describe('the review of admission', () => {
  it('says what each policy says to each workload, the audit gap first', async () => {
    expect(await said()).toEqual(['web signed: admit, refuse', 'api signed: admit, admit']);
    const page = listPolicies(await review.fleet(), policies, { limit: 10 });
    expect(page).toMatchObject({
      total: 1,
      gap: { workloads: 2, wouldRefuse: 1, refusedToday: 0, wouldError: 0, notEvaluated: 0 },
      items: [{ name: 'signed', mode: 'audit', counts: { workloads: 2, wouldRefuse: 1 } }],
    });
  });

  it('says of an image that nobody looked at that it would be blocked, never that it is unsigned', async () => {
    store.images.set(1, { id: 1, revision: '2' });
    expect(await said()).toContain('web signed: error, error');
    const { gap } = listPolicies(await review.fleet(), policies, { limit: 10 });
    expect(gap).toMatchObject({ wouldRefuse: 0, wouldError: 1 });
  });

  it('says so of an image of which nobody knows what its tag names', async () => {
    const { image: _, ...use } = reviewedWorkload('web').uses[0]!;
    const unresolved = { ...use, unresolved: 'the registry did not answer' };
    store.workloads.set('prod:web', { ...reviewedWorkload('web'), uses: [unresolved] });
    const [row] = allDecisions(await review.fleet(), { ...everything, enforced: ['error'] });
    expect(row?.why).toContain('the registry did not answer');
  });

  it('tells a cluster whose admission objects were not read, and what of others is missing', async () => {
    const problem = { what: '/apis/kyverno.io/v1/policies', detail: 'forbidden' };
    const problems = [{ ...problem, reason: 'cluster-forbidden' as const }];
    store.admissions.set('prod', storedAdmission('prod', [audit], { problems }));
    const { missing } = listPolicies(await review.fleet(), policies, { limit: 10 });
    expect(missing).toEqual([
      { cluster: 'prod', ...problem },
      { cluster: 'empty', what: 'admission objects', detail: 'they were not read yet' },
    ]);
  });

  it('reads again only what changed, and nothing while nothing is told', async () => {
    await review.fleet();
    store.read.length = 0;
    store.workloads.set('prod:web', { ...reviewedWorkload('web', { image: 2 }), revision: 2 });
    expect(await said()).toContain('web signed: admit, refuse');
    store.tell();
    expect(await said()).toContain('web signed: admit, admit');
    expect(store.read).toEqual(['prod:web']);
  });

  it('decides again where an image, a policy or the presence of a workload changed', async () => {
    await review.fleet();
    store.images.set(1, { ...reviewedImage(1, [aVerdict(signer)]), revision: '2' });
    store.tell();
    expect(await said()).toContain('web signed: admit, admit');
    const enforcing = aKyvernoPolicy('other');
    store.admissions.set('prod', storedAdmission('prod', [enforcing], { revision: 2 }));
    store.workloads.delete('prod:api');
    store.tell();
    expect(await said()).toEqual(['web other: admit, admit']);
  });

  it('is as young as the last reading, though that brought nothing new', async () => {
    await review.fleet();
    const readAt = new Date('2026-11-21T11:59:00Z');
    store.admissions.set('prod', storedAdmission('prod', [audit], { readAt }));
    store.tell();
    const [row] = allDecisions(await review.fleet(), everything);
    expect(row?.asOf).toBe(readAt.toISOString());
  });

  it('becomes old, and young again, while nobody tells anything', async () => {
    const marks = async () => {
      const fleet = await review.fleet();
      const one = { cluster: ['prod'], namespace: [], mode: [] };
      return [
        allDecisions(fleet, everything)[0]?.stale,
        listPolicies(fleet, policies, { limit: 1 }).items[0]?.stale,
        controlMatrix(fleet, one).items[0]?.stale,
      ];
    };
    expect(await marks()).toEqual([false, false, false]);
    store.stale.add('prod');
    expect(await marks()).toEqual([true, true, true]);
    store.stale.delete('prod');
    expect(await marks()).toEqual([false, false, false]);
  });

  it('keeps what was worked out while only its age goes on by moments', async () => {
    const before = await review.fleet();
    const base = store.admissions.get('prod')!.readAt.getTime();
    store.admissions.set(
      'prod',
      storedAdmission('prod', [audit], { readAt: new Date(base + 59_000) }),
    );
    expect(await review.fleet()).toBe(before);
    store.admissions.set(
      'prod',
      storedAdmission('prod', [audit], { readAt: new Date(base + 60_000) }),
    );
    const [row] = allDecisions(await review.fleet(), everything);
    expect(row?.asOf).toBe(new Date(base + 60_000).toISOString());
  });

  it('counts what nobody is asked about as lack of control, not as audit gap', async () => {
    const elsewhere = reviewedWorkload('loose', {}, { namespace: 'quiet' });
    store.workloads.set('prod:loose', elsewhere);
    const controlled = aKyvernoPolicy('signed', {
      verification: { failureAction: 'Audit' },
      metadata: { namespace: 'shop' },
    });
    store.admissions.set('prod', storedAdmission('prod', [{ ...controlled, kind: 'Policy' }]));
    const { items, totals } = controlMatrix(await review.fleet(), everything);
    const quiet = items.find(({ namespace }) => namespace === 'quiet');
    expect(quiet).toMatchObject({ workloads: 1, strongest: 'none', why: expect.any(String) });
    expect(items.find(({ namespace }) => namespace === 'shop')?.strongest).toBe('audit');
    expect(totals.none).toBeGreaterThan(0);
  });

  it('finds the ways past engines with the workloads that could use them', async () => {
    const { items } = listBypasses(await review.fleet(), everything, { limit: 100 });
    expect(items.find(({ code }) => code === 'not-enforced')).toMatchObject({
      engine: 'kyverno',
      workloads: 2,
    });
  });

  it('shows one policy with its document, its patch and nothing of others', async () => {
    const fleet = await review.fleet();
    const [row] = listPolicies(fleet, policies, { limit: 1 }).items;
    const detail = readPolicyDetail(fleet, row?.id ?? '');
    expect(detail).toMatchObject({ name: 'signed', mode: 'audit' });
    expect(detail?.document).toContain('kind: ClusterPolicy');
    expect(detail?.patch?.command).toContain('kubectl');
    expect(readPolicyDetail(fleet, 'nothing')).toBeUndefined();
  });

  it('finds policies by words of their name and cluster', async () => {
    const fleet = await review.fleet();
    expect(findPolicies(fleet, 'SIGN prod')).toMatchObject([{ kind: 'policy', title: 'signed' }]);
    expect(findPolicies(fleet, 'signed mars')).toEqual([]);
    expect(findPolicies(fleet, ' ')).toEqual([]);
  });

  it('lists exceptions only with those that rely on them', async () => {
    const skipping = aKyvernoPolicy('signed', {
      verification: { failureAction: 'Enforce', skipImageReferences: ['ghcr.io/acme/shop:*'] },
    });
    store.admissions.set('prod', storedAdmission('prod', [skipping]));
    const { items } = listExceptions(await review.fleet(), everything, { limit: 100 });
    const skip = items.find(({ kind }) => kind === 'skip-image-references');
    expect(skip).toMatchObject({ workloads: 2, policy: 'signed' });
    expect(skip?.faults).toEqual(expect.arrayContaining(['no-owner', 'no-expiry']));
    const page = { limit: 10 };
    const relying = { ...everything, workload: ['prod:web'], exception: skip?.id };
    expect(listDecisions(await review.fleet(), relying, page)).toMatchObject({
      total: 1,
      named: {
        workload: 'shop / web',
        bypass: null,
        exception: 'ClusterPolicy signed: ghcr.io/acme/shop:* in rule check',
      },
    });
    const gone = { ...everything, exception: 'gone' };
    expect(listDecisions(await review.fleet(), gone, page)).toMatchObject({
      total: 0,
      named: { exception: null },
    });
  });
});

describe('objectId', () => {
  it('tells objects of the same name in other groups, kinds, namespaces and clusters apart', () => {
    const one = { cluster: 'a', group: 'g', version: 'v1', kind: 'K', name: 'n' };
    const others = [
      one,
      { ...one, cluster: 'b' },
      { ...one, group: 'h' },
      { ...one, kind: 'L' },
      { ...one, namespace: 'x' },
    ];
    expect(new Set(others.map(objectId)).size).toBe(others.length);
    expect(objectId({ ...one, version: 'v2' })).toBe(objectId(one));
  });
});
