import type { Receipt } from '#lib/model/receipt.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import { receiptOf } from '#lib/verify/receipt/receipt.ts';
import { lookAt } from './check-subject.ts';
import type { ScanDependencies } from './dependencies.ts';
import { createFindElsewhere } from './elsewhere.ts';
import type { TrustKeeper } from './trust-material.ts';

type Needs = Pick<
  ScanDependencies,
  'registry' | 'contentTrust' | 'verifier' | 'elsewhere' | 'now' | 'log'
>;

/**
 * Looks at an image anew and writes down what its verdict follows from: the evidence itself is not
 * kept between scans. What cannot be reached now makes the receipt of an inconclusive verdict.
 */
export async function makeReceipt(
  deps: Needs,
  trust: Pick<TrustKeeper, 'ensure'>,
  subject: Subject,
): Promise<Receipt> {
  const { material } = await trust.ensure(0);
  const places = createFindElsewhere(deps.elsewhere)(`${subject.registry}/${subject.repository}`);
  const discovery = await lookAt(deps, subject, places);
  const judgedAt = deps.now();
  const { verdict, answers = [] } = await deps.verifier.verify(discovery, [], judgedAt);
  return receiptOf({ discovery, material, answers, verdict, judgedAt });
}
