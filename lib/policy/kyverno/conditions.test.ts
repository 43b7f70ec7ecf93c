import { describe, expect, it } from 'vitest';
import { incompleteObject } from '#lib/policy/jmespath/values.ts';
import { evaluateConditions } from './conditions.ts';

const data = incompleteObject({
  request: incompleteObject({
    operation: 'CREATE',
    namespace: 'shop',
    object: incompleteObject({
      metadata: incompleteObject({ name: 'web', labels: { app: 'shop', size: '5' } }, [
        'namespace',
      ]),
      spec: incompleteObject(
        {
          containers: [
            incompleteObject({ name: 'web', image: 'ghcr.io/acme/web:v1' }),
            incompleteObject({ name: 'log', image: 'quay.io/acme/log:v1' }),
          ],
        },
        ['initContainers'],
      ),
    }),
  }),
});
const now = new Date('2026-11-21T12:00:00Z');
const met = (conditions: unknown) => evaluateConditions(conditions, { data, now }).met;
const one = (key: unknown, operator: string, value: unknown) =>
  met({ all: [{ key, operator, value }] });

describe('conditions of Kyverno', () => {
  it.each([
    ['{{ request.operation }}', 'Equals', 'CREATE', 'yes'],
    ['{{request.operation}}', 'NotEquals', 'DELETE', 'yes'],
    ['{{ request.operation }}', 'Equals', 'CRE*', 'yes'],
    ["{{ request.operation || 'BACKGROUND' }}", 'AnyIn', ['CREATE', 'UPDATE'], 'yes'],
    ['{{ request.operation }}', 'AnyNotIn', ['CREATE', 'UPDATE'], 'no'],
    ['{{ request.operation }}', 'In', ['CREATE'], 'yes'],
    ['{{ request.operation }}', 'NotIn', ['CREATE'], 'no'],
    ['{{ request.object.metadata.labels.app }}', 'equals', 'shop', 'yes'],
    ["{{ request.object.metadata.labels.team || 'none' }}", 'Equals', 'none', 'yes'],
    ["{{ request.object.metadata.labels.team || '' }}", 'Equals', '', 'yes'],
    ['{{ request.object.metadata.labels.size }}', 'GreaterThan', 4, 'yes'],
    ['{{ request.object.metadata.labels.size }}', 'LessThanOrEquals', '4', 'no'],
    ['{{ request.object.spec.containers[].image }}', 'AnyIn', ['ghcr.io/acme/*'], 'yes'],
    ['{{ request.object.spec.containers[].image }}', 'AllIn', ['ghcr.io/acme/*'], 'no'],
    ['{{ request.object.spec.containers[].image }}', 'AllIn', ['*/acme/*'], 'yes'],
    ['{{ request.object.spec.containers[].image }}', 'AllNotIn', ['docker.io/*'], 'yes'],
    ['{{ request.object.spec.containers[].image }}', 'AnyNotIn', ['ghcr.io/*'], 'yes'],
    [
      "{{ request.object.spec.containers[?name=='web'].image | [0] }}",
      'Equals',
      'ghcr.io/*',
      'yes',
    ],
    ['{{ length(request.object.spec.containers[].image) }}', 'Equals', 2, 'yes'],
    ['{{ request.object.spec.initContainers[].image || `[]` }}', 'Equals', [], 'yes'],
    [
      '{{ to_upper(request.namespace) }}-{{ request.object.metadata.name }}',
      'Equals',
      'SHOP-web',
      'yes',
    ],
    ["{{ regex_match('^sh', request.namespace) }}", 'Equals', true, 'yes'],
    ["{{ split(request.namespace, 'h')[1] }}", 'Equals', 'op', 'yes'],
    [
      "{{ contains(request.namespace, 'ho') && starts_with(request.namespace, 's') }}",
      'Equals',
      true,
      'yes',
    ],
    ["{{ trim(' x ', ' ') }}", 'Equals', 'x', 'yes'],
    ["{{ replace_all('a-b', '-', '$&') }}", 'Equals', 'a$&b', 'yes'],
    ["{{ base64_decode('aGk=') }}", 'Equals', 'hi', 'yes'],
    ["{{ semver_compare('1.5.0', '>=1.2.0 <2.0.0') }}", 'Equals', true, 'yes'],
    ["{{ time_since('', '2026-11-20T12:00:00Z', '') }}", 'LessThan', '168h', 'yes'],
    [
      "{{ time_diff('2026-11-20T12:00:00Z', '2026-11-21T12:00:00Z') }}",
      'DurationLessThan',
      '1h',
      'no',
    ],
    ['{{ time_now_utc() }}', 'Equals', '2026-11-21T12:00:00Z', 'yes'],
    ['1h', 'Equals', '60m', 'yes'],
    ['1Gi', 'Equals', '1024Mi', 'yes'],
    ['100m', 'LessThan', '0.2', 'yes'],
    ['1.10.0', 'GreaterThan', '1.9.0', 'yes'],
    [5, 'Equals', '5', 'yes'],
    [true, 'Equals', true, 'yes'],
    [['a', 'b'], 'Equals', ['a', 'b'], 'yes'],
    ['a', 'AnyIn', '["a","b"]', 'yes'],
    ['a', 'AnyNotIn', '5', 'no'],
    [null, 'Equals', null, 'no'],
    [null, 'NotEquals', 'x', 'no'],
  ])('%j %s %j: %s', (key, operator, value, expected) => {
    expect(one(key, operator, value)).toBe(expected);
  });

  it.each([
    ['{{ request.userInfo.username }}', 'Equals', 'x'],
    ['{{ request.object.metadata.annotations.a }}', 'Equals', 'x'],
    ["{{ request.object.metadata.annotations.a || 'x' }}", 'Equals', 'x'],
    ['{{ request.object.spec.hostNetwork }}', 'Equals', false],
    ['{{ request.object.spec }}', 'Equals', {}],
    ['{{ !(request.object.spec.containers[0].securityContext) }}', 'Equals', true],
    ['{{ keys(request.object.spec) }}', 'AnyIn', ['hostNetwork']],
    ['{{ settings.data.mode }}', 'Equals', 'x'],
    ['{{ serviceAccountName }}', 'Equals', 'x'],
    ["{{ x509_decode('x') }}", 'Equals', 'x'],
    ["{{ time_since('Mon', 'x', '') }}", 'LessThan', '1h'],
    ['{{ @ }}', 'Equals', 'x'],
    ['$(./x)', 'Equals', 'x'],
    ['5', 'AnyIn', '1-10'],
    ['{{ a ? b : c }}', 'Equals', 'x'],
    ['{{ ((( }}', 'Equals', 'x'],
  ])('leaves %s %s %j open', (key, operator, value) => {
    expect(one(key, operator, value)).toBe('not-evaluated');
  });

  it.each([
    ['{{ request.object.metadata.labels.team }}', 'Equals', 'x'],
    ['{{ to_upper(`5`) }}', 'Equals', '5'],
    ["{{ regex_match('(', 'x') }}", 'Equals', true],
    ['x', 'Like', 'x'],
  ])('fails where the engine does: %s %s %j', (key, operator, value) => {
    expect(one(key, operator, value)).toBe('unknown');
  });

  const holds = { key: 'a', operator: 'Equals', value: 'a' };
  const fails = { key: 'a', operator: 'Equals', value: 'b' };
  const error = {
    key: '{{ request.object.metadata.labels.team }}',
    operator: 'Equals',
    value: 'b',
  };
  const open = { key: '{{ unheard }}', operator: 'Equals', value: 'b' };
  it.each([
    [{ any: [fails, holds] }, 'yes'],
    [{ any: [fails, fails] }, 'no'],
    [{ any: [] }, 'no'],
    [{ all: [] }, 'yes'],
    [{}, 'yes'],
    [{ any: [holds], all: [holds, fails] }, 'no'],
    [{ any: [holds, error] }, 'yes'],
    [{ any: [error, holds] }, 'unknown'],
    [{ any: [fails], all: [error] }, 'unknown'],
    [{ all: [fails, error] }, 'no'],
    [{ all: [error, fails] }, 'unknown'],
    [{ all: [open, fails] }, 'not-evaluated'],
    [{ all: [fails, open] }, 'no'],
    [[holds, holds], 'yes'],
    [[holds, fails], 'no'],
    [[{ all: [holds] }, { any: [fails] }], 'no'],
    [[], 'yes'],
    ['text', 'not-evaluated'],
    [null, 'not-evaluated'],
    [[{ key: 'a' }], 'unknown'],
    [{ all: 'x' }, 'not-evaluated'],
  ])('combines %j: %s', (conditions, expected) => {
    expect(met(conditions)).toBe(expected);
  });

  it.each([
    ['brackets', `{{ ${'('.repeat(5_000)}a${')'.repeat(5_000)} }}`],
    ['lists that double', `{{ request.namespace${' | [@,@][]'.repeat(60)} }}`],
    ['lists in lists', `{{ request.namespace${' | [@,@]'.repeat(80)} }}`],
    ['pipes', `{{ request.namespace${' | @'.repeat(4_000)} }}`],
    ['texts that double', `{{ 'aa'${" | replace_all(@, 'a', 'aa')".repeat(40)} }}`],
    ['expressions', `{{ regex_match('${'(a*)*'.repeat(50)}b', '${'a'.repeat(5_000)}') }}`],
    ['variables', '{{ request.namespace }}'.repeat(30)],
    ['braces', '{{'.repeat(8_000)],
    ['openings', `${'{{ {'.repeat(4_000)}`],
  ])('ends on too many %s', (_, key) => {
    const before = performance.now();
    expect(['yes', 'no', 'unknown', 'not-evaluated']).toContain(one(key, 'Equals', 'x'));
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
