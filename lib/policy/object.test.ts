import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readObject } from './object.ts';
import { LabelSelector, selects } from './selector.ts';

const kinds = { group: 'example.org', kinds: ['Thing'], versions: ['v1'] };
const Body = z.looseObject({
  spec: z.looseObject({ items: z.array(z.looseObject({ size: z.number() })).optional() }),
});
const document = (spec: unknown, head: object = {}) => ({
  apiVersion: 'example.org/v1',
  kind: 'Thing',
  metadata: { name: 'one' },
  ...head,
  spec,
});
const read = (value: unknown) => readObject('prod', value, kinds, Body);

describe('readObject', () => {
  it('names the object and keeps fields that nobody knows', () => {
    const answer = read(document({ items: [{ size: 1, colour: 'red' }], more: true }));
    expect(answer).toMatchObject({
      kind: 'read',
      value: {
        head: { reference: { cluster: 'prod', group: 'example.org', kind: 'Thing', name: 'one' } },
        body: { spec: { more: true } },
      },
      ignored: [{ path: 'spec.items[0].colour' }, { path: 'spec.more' }],
    });
  });

  it('names the field that is wrong', () => {
    expect(read(document({ items: [{ size: 1 }, { size: 'large' }] }))).toMatchObject({
      kind: 'refused',
      problems: [{ path: 'spec.items[1].size', message: expect.stringContaining('number') }],
    });
  });

  it.each([
    ['the same kind of another group', { apiVersion: 'example.com/v1' }, 'apiVersion'],
    ['a version that it does not know', { apiVersion: 'example.org/v2' }, 'apiVersion'],
    ['another kind', { kind: 'Other' }, 'kind'],
    ['an object without a name', { metadata: {} }, 'metadata.name'],
  ])('refuses %s', (_, head, path) => {
    expect(read(document({}, head))).toMatchObject({ kind: 'refused', problems: [{ path }] });
  });

  it('takes null for absent, as the API server does', () => {
    expect(read(document({ items: null }))).toMatchObject({ kind: 'read' });
  });

  it('refuses nesting that would exhaust a reader', () => {
    let deep: unknown = {};
    for (let level = 0; level < 20_000; level += 1) deep = { deep };
    expect(read(document(deep))).toMatchObject({ kind: 'refused' });
  });
});

describe('selects', () => {
  it.each([
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'api' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, true],
    [{ matchLabels: { constructor: 'x' } }, false],
  ])('%j on app=web: %s', (selector, expected) => {
    expect(selects(LabelSelector.parse(selector), { app: 'web' })).toBe(expected);
  });
});
