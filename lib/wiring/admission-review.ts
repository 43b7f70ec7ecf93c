import { log } from '#lib/log.ts';
import type { Queue } from '#lib/ports/queue.ts';
import type { Store } from '#lib/ports/store.ts';
import { createReview, type Review } from '#lib/review/review.ts';
import { createSimulator, type Simulator } from '#lib/review/run-simulation.ts';
import { changedChannel } from '#lib/scan/events.ts';

/** What admission says about the fleet, and what it would say. */
export interface AdmissionReview {
  readonly review: Review;
  readonly simulator: Simulator;
  close(): Promise<void>;
}

/** Opens the review of admission on a store; it works from what is stored alone, under any configuration. */
export async function openAdmissionReview(store: Store, queue: Queue): Promise<AdmissionReview> {
  const now = () => new Date();
  const review = await createReview({ store, log, now, channel: changedChannel });
  const onChange = (): void => {
    const event = { type: 'changed', keys: ['simulations'], at: now().toISOString() };
    // A page that was not told reads again by itself.
    store
      .publish(changedChannel, JSON.stringify(event))
      .catch((error: unknown) => log.warn({ err: error }, 'pages could not be told of a change'));
  };
  const simulator = await createSimulator({ store, queue, review, log, now, onChange });
  return {
    review,
    simulator,
    close: async () => {
      await simulator.close();
      await review.close();
    },
  };
}
