import { describe, expect, it } from 'vitest';
import { makePlan } from '#lib/lab/plan/make-plan.ts';
import { disagreementKinds, exceptionFaults, exceptionKinds } from '#lib/model/admission.ts';
import { bypassCodes } from '#lib/model/bypass.ts';
import { decisionOutcomes, engines, policyModes } from '#lib/model/policy.ts';
import { plannedAdmissionRows } from './planned-admission-rows.ts';

const labs = [1, 2, 7, 42].map((seed) => {
  const plan = makePlan({ seed });
  return { seed, plan, rows: plannedAdmissionRows(plan) };
});
const setOf = <T, U>(items: readonly T[], of: (item: T) => U): Set<U> => new Set(items.map(of));
const keysOf = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row));

describe.each(labs)('what admission must come to with seed $seed', ({ plan, rows }) => {
  const { decisions, gap, control, disagreements, exceptions, bypasses } = rows;

  it('has every engine, mode and outcome', () => {
    expect(setOf(decisions, ({ engine }) => engine)).toEqual(new Set(engines));
    expect(setOf(decisions, ({ mode }) => mode)).toEqual(new Set(policyModes));
    expect(setOf(decisions, ({ today }) => today)).toEqual(new Set(decisionOutcomes));
    expect(setOf(control, ({ mode }) => mode)).toEqual(new Set(policyModes));
  });

  it('has every kind of disagreement, exception, fault and way past an engine', () => {
    expect(setOf(disagreements, ({ kind }) => kind)).toEqual(new Set(disagreementKinds));
    expect(setOf(exceptions, ({ kind }) => kind)).toEqual(new Set(exceptionKinds));
    const faults = exceptions.flatMap((row) => row.faults);
    expect(new Set(faults)).toEqual(new Set(exceptionFaults));
    // A webhook that is not asked about new pods does nothing at all: nobody has one.
    const wanted = bypassCodes.filter((code) => code !== 'rules-lack-create');
    expect(setOf(bypasses, ({ code }) => code)).toEqual(new Set(wanted));
  });

  it('says each thing once', () => {
    for (const list of [decisions, gap, control, disagreements, exceptions, bypasses])
      expect(new Set(keysOf(list)).size).toBe(list.length);
    const named = decisions.map(({ mode: _, today: __, enforced: ___, ...name }) => name);
    expect(new Set(keysOf(named)).size).toBe(named.length);
  });

  it('refuses nothing today that does not enforce, and nothing that it would not refuse', () => {
    const refused = decisions.filter(({ today }) => today === 'refuse');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter(({ mode }) => mode !== 'enforce')).toEqual([]);
    expect(refused.filter(({ enforced }) => enforced !== 'refuse')).toEqual([]);
  });

  it('counts to the gap every container that gets in and would be refused', () => {
    const open = decisions.filter(
      ({ mode, today, enforced }) => mode !== 'none' && enforced === 'refuse' && today !== 'refuse',
    );
    expect(gap.flatMap(({ containers }) => containers)).toHaveLength(open.length);
    expect(setOf(gap, ({ today }) => today)).toEqual(new Set(['admit', 'warn']));
  });

  it('tells a false report only of what is so', () => {
    for (const { kind, cluster, namespace, workload, policy, container } of disagreements) {
      const [row] = decisions.filter(
        (one) =>
          one.engine === 'kyverno' &&
          [one.cluster, one.namespace, one.workload, one.policy, one.container].join() ===
            [cluster, namespace, workload, policy, container].join(),
      );
      expect(row).toBeDefined();
      if (kind === 'passes-and-we-refute') expect(row?.enforced).toBe('refuse');
      if (kind === 'passes-and-we-could-not-check') expect(row?.enforced).toBe('error');
      if (kind === 'fails-and-we-prove' || kind === 'defect-suspected')
        expect(row?.enforced).toBe('admit');
    }
  });

  it('controls no namespace about which an engine is not asked', () => {
    const controlled = new Set(
      control
        .filter(({ mode }) => mode !== 'none')
        .map(({ cluster, namespace, engine }) => `${cluster} ${namespace} ${engine}`),
    );
    const verifying = ['ClusterPolicy', 'Policy', 'ImageValidatingPolicy', 'ClusterImagePolicy'];
    const strict = decisions.filter(
      ({ mode, policyKind, policy }) =>
        mode !== 'none' && verifying.includes(policyKind) && policy !== 'verify-upstream-tools',
    );
    expect(strict.length).toBeGreaterThan(0);
    for (const { cluster, namespace, engine } of strict)
      expect(controlled).toContain(`${cluster} ${namespace} ${engine}`);
    const uncovered = control.filter(
      ({ cluster, namespace }) =>
        !control.some(
          (one) => one.cluster === cluster && one.namespace === namespace && one.mode !== 'none',
        ),
    );
    expect(uncovered.length).toBeGreaterThan(0);
  });

  it('stays readable', () => {
    const objects = plan.admission.flatMap(({ policies, exceptions: own }) => [
      ...policies,
      ...own,
    ]);
    expect(objects.length).toBeLessThan(50);
    expect(disagreements.length).toBeLessThan(60);
  });
});

describe('what admission must come to', () => {
  it('is the same for the same seed, and nothing where there is no engine', () => {
    const again = plannedAdmissionRows(makePlan({ seed: 7 }));
    expect(again).toEqual(labs.find(({ seed }) => seed === 7)?.rows);
    const many = plannedAdmissionRows(makePlan({ clusters: 5 }));
    expect(setOf(many.decisions, ({ cluster }) => cluster)).toEqual(
      new Set(['prod-eu', 'prod-us', 'staging']),
    );
    const one = makePlan({ clusters: 1, images: 1 });
    expect(setOf(plannedAdmissionRows(one).control, ({ cluster }) => cluster)).toEqual(
      new Set(['prod-eu']),
    );
  });
});
