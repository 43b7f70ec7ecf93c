import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridAction } from './grid-keys.ts';

const press = (key: string, modifiers: object = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...modifiers,
});
const at = { active: 5, count: 100, screen: 20 };

describe('a key in a list', () => {
  it.each([
    ['j', 6],
    ['ArrowDown', 6],
    ['k', 4],
    ['ArrowUp', 4],
    ['PageDown', 25],
    ['PageUp', 0],
    ['Home', 0],
    ['End', 99],
  ])('%s moves to row %i', (key, to) => {
    expect(gridAction(press(key), at)).toEqual({ do: 'move', to });
  });

  it.each([
    [press('Enter'), 'open'],
    [press('Enter', { shiftKey: true }), 'page'],
    [press(' '), 'select'],
    [press('Escape'), 'close'],
  ])('%o asks to %s', (key, what) => {
    expect(gridAction(key, at)).toEqual({ do: what });
  });

  it.each([
    press('j', { ctrlKey: true }),
    press('k', { metaKey: true }),
    press('ArrowDown', { altKey: true }),
    press('x'),
    press('constructor'),
  ])('%o belongs to the browser', (key) => {
    expect(gridAction(key, at)).toBeUndefined();
  });

  it('never leads outside the rows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('j', 'k', 'PageDown', 'PageUp', 'Home', 'End'),
        fc.nat(1000),
        fc.nat(1000),
        fc.nat(100),
        (key, active, count, screen) => {
          const action = gridAction(press(key), { active, count, screen });
          if (action?.do !== 'move') throw new Error('not a move');
          expect(action.to).toBeGreaterThanOrEqual(0);
          expect(action.to).toBeLessThanOrEqual(Math.max(0, count - 1));
        },
      ),
    );
  });
});
