import type { ReviewedWorkload } from '#lib/ports/review-store.ts';
import type { Store } from '#lib/ports/store.ts';
import { Board, type BoardDependencies } from './board.ts';
import type { Fleet } from './fleet.ts';

/** Keeps what admission says about the fleet up to what the store holds. */
export interface Review {
  /** The fleet as the store has it now, or had it within the last moments. */
  fleet(): Promise<Fleet>;
  /** Has verdicts at hand about images of workloads that are there no more, until the next look. */
  know(workloads: readonly ReviewedWorkload[]): Promise<void>;
  close(): Promise<void>;
}

export interface ReviewDependencies extends BoardDependencies {
  readonly store: BoardDependencies['store'] & Pick<Store, 'subscribe'>;
  /** The channel on which every process says what changed. */
  readonly channel: string;
  /** News come in bursts; a review is worked out at most this often. A second by default. */
  readonly restMs?: number;
  /** How often it is looked whether what is known has become old. Five seconds by default. */
  readonly ageMs?: number;
}

const defaultRestMs = 1_000;
const defaultAgeMs = 5_000;
/** Nothing is read until somebody asks. */
export async function createReview(deps: ReviewDependencies): Promise<Review> {
  const { restMs = defaultRestMs, ageMs = defaultAgeMs } = deps;
  const board = new Board(deps);
  let dirty = true;
  let doneAt = Number.NEGATIVE_INFINITY;
  let agedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<Fleet> | undefined;
  const unlisten = await deps.store.subscribe(deps.channel, (payload) => {
    if (!payload.includes('"progress"')) dirty = true;
  });

  async function refresh(): Promise<Fleet> {
    dirty = false;
    try {
      return await board.refresh();
    } catch (error) {
      dirty = true;
      throw error;
    } finally {
      doneAt = performance.now();
      agedAt = doneAt;
      running = undefined;
    }
  }
  async function age(current: Fleet): Promise<Fleet> {
    try {
      return await board.age(current);
    } finally {
      agedAt = performance.now();
      running = undefined;
    }
  }
  return {
    fleet() {
      if (running !== undefined) return running;
      const now = performance.now();
      const current = board.current;
      if (current === undefined || (dirty && now - doneAt >= restMs)) running = refresh();
      else if (now - agedAt >= ageMs) running = age(current);
      else return Promise.resolve(current);
      return running;
    },
    know: (workloads) => board.know(workloads),
    close: unlisten,
  };
}
