import { describe } from 'vitest';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { storeContract } from './store-contract.ts';

describe('the store on the embedded database', () => {
  storeContract(() => openStore({ kind: 'memory' }));
});
