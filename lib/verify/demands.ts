import type { TlogRule, Witnesses } from '#lib/model/authority.ts';
import type { Artifact } from './artifact.ts';

export type { Witnesses } from '#lib/model/authority.ts';

/** What is demanded beside the signature itself. */
export interface Demands {
  readonly artifact: Artifact;
  readonly tlog: TlogRule;
  readonly sct: 'required' | 'ignored';
  readonly now: Date;
  /** Whether @sigstore/verify is to be asked too. */
  readonly secondOpinion: boolean;
  readonly atLeast?: Witnesses;
}
