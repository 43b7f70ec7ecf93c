import { describe } from 'vitest';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { storeAdmissionContract } from './store-admission-contract.ts';
import { storeContract } from './store-contract.ts';
import { storeFormerContract } from './store-former-contract.ts';
import { storeReviewContract } from './store-review-contract.ts';
import { storeSimulationContract } from './store-simulation-contract.ts';

describe('the store on the embedded database', () => {
  const open = () => openStore({ kind: 'memory' });
  storeContract(open);
  storeAdmissionContract(open);
  storeReviewContract(open);
  storeFormerContract(open);
  storeSimulationContract(open);
});
