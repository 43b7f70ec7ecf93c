import { expect, it } from 'vitest';
import {
  ConfigurationError,
  isConfigurationError,
  isOperational,
  OperationalError,
} from '#lib/errors.ts';

it('knows errors of another copy of this module by their names', () => {
  const foreign = Object.assign(new Error('down'), {
    name: 'OperationalError',
    code: 'cluster-unreachable',
  });
  expect([new OperationalError('cluster-error', 'x'), foreign].map(isOperational)).toEqual([
    true,
    true,
  ]);
  expect(
    [new Error('x'), { name: 'OperationalError', code: 'x' }, null].map(isOperational),
  ).toEqual([false, false, false]);
  expect(isConfigurationError(new ConfigurationError(['x']))).toBe(true);
  expect(isConfigurationError(foreign)).toBe(false);
});
