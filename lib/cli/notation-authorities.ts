import path from 'node:path';
import { readPolicyFile } from '#lib/config/notation.ts';
import type { Authority } from '#lib/model/authority.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { UsageError } from './usage.ts';

/**
 * The authorities that `--notation-policy` and `--trust-store` describe: one for each statement.
 * @throws UsageError with every problem of the policy and its trust stores
 */
export function notationAuthorities(values: {
  readonly 'notation-policy'?: string | undefined;
  readonly 'trust-store'?: string | undefined;
}): Authority[] {
  const { 'notation-policy': policy = '', 'trust-store': stores } = values;
  try {
    const written = readPolicyFile(
      path.resolve(policy),
      stores === undefined ? undefined : path.resolve(stores),
    );
    return written.map(({ statement, ...rules }) => {
      const authority = {
        ...rules,
        name: statement === undefined ? 'command line' : `command line/${statement}`,
        source: { kind: 'command-line' },
        images: ['**'],
      } as const;
      return { ...authority, fingerprint: authorityFingerprint(authority) };
    });
  } catch (error) {
    throw new UsageError(`--notation-policy: ${(error as Error).message}`);
  }
}
