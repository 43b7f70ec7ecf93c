import type { Job } from '#lib/ports/queue.ts';
import { digestOf } from './store-fleet.ts';

/** A check of the n-th digest. */
export const subjectJob = (n: number, scanId = 'scan-1'): Extract<Job, { kind: 'subject' }> => ({
  kind: 'subject',
  scanId,
  subject: { registry: 'ghcr.io', repository: 'acme/app', digest: digestOf(n) },
});

export const scanJob = (scanId: string): Extract<Job, { kind: 'scan' }> => ({
  kind: 'scan',
  scanId,
  trigger: 'request',
  full: false,
});
