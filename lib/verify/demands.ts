import type { TlogRule } from '#lib/model/authority.ts';
import type { Artifact } from './artifact.ts';

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

/** Least numbers of different witnesses, beyond the one that is needed where any is. */
export interface Witnesses {
  readonly logs?: number;
  /** Sources of time of either kind. */
  readonly times?: number;
  readonly timestampAuthorities?: number;
}
