import { readPolicy } from '#lib/policy/read-policy.ts';
import { policySeeds } from '#tests/builders/policy-documents.ts';
import { mutateJson } from './mutate-json.ts';
import { changedInputs, type Target } from './target.ts';

/** Readers of policies, as anybody with the right to write objects in a cluster writes them. */
export function policyTargets(): readonly Target[] {
  const seeds = policySeeds.map((seed) => Buffer.from(JSON.stringify(seed)));
  return [
    {
      name: 'policy',
      inputs: changedInputs(seeds, mutateJson),
      read: (input) => {
        const document = parsed(input);
        if (document === undefined) return undefined;
        const reading = readPolicy('cluster', document);
        const isTold = reading.kind !== 'refused' || reading.problems.length > 0;
        return isTold ? undefined : 'refused without a problem';
      },
    },
  ];
}

function parsed(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch {
    return undefined;
  }
}
