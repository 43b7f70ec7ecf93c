import { describe, expect, it } from 'vitest';
import { notEvaluated, unknown, yes } from '#lib/policy/finding.ts';
import { conditionHolds, evaluateCel } from './evaluate.ts';
import type { CelScope } from './run.ts';
import { completeMap, incompleteMap } from './values.ts';

const scope: CelScope = {
  values: {
    object: incompleteMap({
      metadata: incompleteMap({ name: 'web', labels: completeMap({ app: 'shop' }) }),
      spec: incompleteMap({
        containers: [
          incompleteMap({ name: 'web', image: 'ghcr.io/acme/web:v1' }),
          incompleteMap({ name: 'log', image: 'quay.io/acme/log:v1' }),
        ],
      }),
    }),
    oldObject: null,
  },
  variables: {
    images: 'object.spec.containers.map(c, c.image)',
    first: 'variables.images[0]',
    round: 'variables.round2',
    round2: 'variables.round',
    hidden: 'object.spec.hostNetwork',
  },
};
const holds = (expression: string, more: Partial<CelScope> = {}) =>
  conditionHolds(expression, { ...scope, ...more }).met;

describe('expressions in CEL', () => {
  it.each([
    ['object.spec.containers.all(c, c.image.contains("/acme/"))', 'yes'],
    ['object.spec.containers.all(c, c.image.startsWith("ghcr.io/"))', 'no'],
    ['object.spec.containers.exists(c, c.image.startsWith("ghcr.io/"))', 'yes'],
    ['object.spec.containers.exists_one(c, c.image.startsWith("ghcr.io/"))', 'yes'],
    ['object.spec.containers.filter(c, c.image.endsWith(":latest")).size() == 0', 'yes'],
    ['size(variables.images) == 2 && variables.first == "ghcr.io/acme/web:v1"', 'yes'],
    ['object.metadata.labels["app"] == "shop" && "app" in object.metadata.labels', 'yes'],
    ['has(object.metadata.labels.team)', 'no'],
    ['object.metadata.?labels.?team.orValue("none") == "none"', 'yes'],
    ['object.metadata.?labels.?app.orValue("none") == "shop"', 'yes'],
    ['object.metadata.?labels.?team.hasValue()', 'no'],
    ['".?x".contains(".?")', 'yes'],
    ['oldObject == null', 'yes'],
    ['"web-1".matches("^[a-z]+-[0-9]$") && "a-b".find("b") == "b"', 'yes'],
    ['"a,b,c".split(",", 2) == ["a", "b,c"] && "aXa".replace("a", "b", 1) == "bXa"', 'yes'],
    ['["a", "b"].join("-") == "a-b" && "A".lowerAscii() == "a"', 'yes'],
    ['"abc".substring(1).indexOf("c") == 1', 'yes'],
    ['type(1) == int && int("2") == 2 && 1 in [1, 2]', 'yes'],
    ['duration("1h") > duration("1m")', 'yes'],
  ])('evaluates %s: %s', (expression, met) => {
    expect(holds(expression)).toBe(met);
  });

  it.each([
    'object.spec.hostNetwork == false',
    'has(object.spec.hostNetwork)',
    '!has(object.spec.hostNetwork)',
    'object.spec.?hostNetwork.orValue(false) == false',
    '"hostNetwork" in object.spec',
    'size(object.spec) == 1',
    'object.spec.all(key, key == "containers")',
    'object.spec == object.spec',
    '[object.spec] == [object.spec]',
    'object.spec.containers.all(c, !has(c.securityContext))',
    'object.spec.containers.map(c, c.securityContext).size() == 2',
    '!variables.hidden',
    'request.userInfo.username == "x"',
    'nobody',
    'math.greatest(1, 2) == 2',
    'quantity("1Gi").isGreaterThan(quantity("1Mi"))',
    'authorizer.group("").resource("pods").check("get").allowed()',
    'verifyImageSignatures("x", [])',
    'variables.unheard',
    'true ? nobody : true',
    'a b',
    'google.protobuf.Struct{}',
  ])('leaves %s open, and takes nothing that was not kept for absent', (expression) => {
    expect(holds(expression)).toBe('not-evaluated');
  });

  it.each([
    ['false && object.spec.hostNetwork', 'no'],
    ['object.spec.hostNetwork && false', 'no'],
    ['object.spec.hostNetwork || true', 'yes'],
    ['object.spec.containers.all(c, c.name == "web" && c.securityContext.privileged)', 'no'],
    ['object.spec.containers.exists(c, c.tty || c.name == "log")', 'yes'],
    ['false && nobody()', 'no'],
  ])('decides %s without what it does not know: %s', (expression, met) => {
    expect(holds(expression)).toBe(met);
  });

  it.each([
    'object.metadata.labels.team == "x"',
    'object.spec.containers[7].name == "x"',
    '1 / 0 == 1',
    '"text"',
    'int("x") == 1',
    'variables.round',
  ])('fails where the engine would: %s', (expression) => {
    expect(conditionHolds(expression, scope)).toMatchObject({
      met: 'unknown',
      why: expect.stringMatching(/^the expression fails/),
    });
  });

  it('names what it does not evaluate', () => {
    expect(conditionHolds('object.spec.hostNetwork', scope).why).toContain('hostNetwork');
    expect(conditionHolds('math.greatest(1, 2) == 2', scope).why).toContain('math');
    expect(conditionHolds('quantity("1")', scope).why).toContain('quantity');
  });

  describe('with signatures of which nobody knows', () => {
    const verifying = (found: Record<string, ReturnType<typeof yes>>) => ({
      functions: {
        verifyImageSignatures: (
          [image]: readonly unknown[],
          decide: (what: string, finding: ReturnType<typeof yes>) => boolean,
        ) => (decide(String(image), found[String(image)] ?? yes('')) ? 1n : 0n),
      },
    });
    const all = '["a", "b"].map(i, verifyImageSignatures(i, [])).all(e, e > 0)';
    const open = unknown('the registry did not answer');

    it('says no where the others decide', () => {
      const bad = { met: 'no', why: 'unsigned' } as const;
      expect(holds(all, verifying({ a: open, b: bad }))).toBe('no');
    });

    it('says unknown where they would', () => {
      expect(holds(all, verifying({ a: open }))).toBe('unknown');
      expect(holds(all, verifying({ a: open, b: notEvaluated('a key elsewhere') }))).toBe(
        'not-evaluated',
      );
    });

    it('says yes where it does not matter', () => {
      expect(holds(`${all} || true`, verifying({ a: open, b: open }))).toBe('yes');
      expect(holds('verifyImageSignatures("a", []) >= 0', verifying({ a: open }))).toBe('yes');
    });

    it('never takes two that are open for one', () => {
      const same = 'verifyImageSignatures("a", []) == verifyImageSignatures("b", [])';
      expect(holds(same, verifying({ a: open, b: open }))).toBe('unknown');
    });

    it('ends with many of them', () => {
      const many = `[${Array.from({ length: 100 }, (_, at) => `"${at}"`).join()}]`;
      const found = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [String(at), open]));
      const odd = `${many}.map(i, verifyImageSignatures(i, [])).filter(e, e > 0).size() % 2 == 0`;
      expect(holds(odd, verifying(found))).toBe('unknown');
    });
  });

  it.each([
    ['brackets', `${'('.repeat(5_000)}1${')'.repeat(5_000)}`],
    ['negations', `${'!'.repeat(10_000)}true`],
    ['selections', `object${'.a'.repeat(5_000)}`],
    ['sums', `${'1+'.repeat(7_000)}1 == 1`],
    ['length', `"${'a'.repeat(20_000)}" == ""`],
    ['loops in loops', `${'[1,2,3,4,5,6,7,8,9].all(x, '.repeat(20)}true${')'.repeat(20)}`],
    ['a text that doubles', `"a${'a'.repeat(30)}"${'.replace("a", "aa")'.repeat(40)} == ""`],
    ['lists that grow', `[[1]]${'.map(a, [a, a, a, a])'.repeat(60)} == [[1]]`],
    [
      'expressions in expressions',
      `[${'"a",'.repeat(500)}"a"].all(x, [${'"a",'.repeat(500)}"a"].all(y, "${'a'.repeat(900)}".matches("(a*)*b${'a?'.repeat(200)}") == false))`,
    ],
    ['an expression that repeats', `"x".matches("${'((a{1000}){1000}){1000}'}")`],
    ['no expression', '\u0000'],
    ['nothing', ''],
  ])('ends on too many %s', (_, expression) => {
    const before = performance.now();
    expect(['not-evaluated', 'unknown', 'yes', 'no']).toContain(holds(expression));
    expect(performance.now() - before).toBeLessThan(3_000);
  });

  it('keeps no state between evaluations', () => {
    expect(evaluateCel('variables.first', scope)).toEqual({
      kind: 'value',
      value: 'ghcr.io/acme/web:v1',
    });
    expect(evaluateCel('variables.first', { values: {} }).kind).toBe('open');
  });
});
