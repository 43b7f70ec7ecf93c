import { describe } from 'vitest';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { queueContract } from './queue-contract.ts';

describe('the queue on the embedded database', () => {
  queueContract(() => openStore({ kind: 'memory' }));
});
