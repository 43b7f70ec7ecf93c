import { Writable } from 'node:stream';
import pino from 'pino';
import { expect, it } from 'vitest';
import { aBundle } from '#tests/fakes/verifier.ts';
import { aWorld } from '#tests/fakes/world.ts';
import { checkSubject } from './check-subject.ts';
import { createRetryBook } from './retry.ts';

it('warns where two verifiers disagree, once for each finding of it', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const world = aWorld();
  const name = 'ghcr.io/acme/web';
  const digest = world.registry.push(name, 'content');
  world.registry.attach(name, digest, aBundle('inconclusive', 'verifier-disagreement'));
  await world.verifier.configure({ authorities: [], trustRoots: [] });
  const subject = { registry: 'ghcr.io', repository: 'acme/web', digest };
  const { verdict } = await checkSubject(
    world.deps({ log: pino(stream) }),
    createRetryBook(),
    subject,
  );
  expect(verdict.status).toBe('inconclusive');
  const warnings = lines.filter((line) => line.includes('two verifiers disagree'));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(digest);
});
