import type { TlogRule } from '#lib/model/authority.ts';
import type { Artifact } from './artifact.ts';

/** What is demanded beside the signature itself. */
export interface Demands {
  readonly artifact: Artifact;
  readonly tlog: TlogRule;
  readonly sct: 'required' | 'ignored';
  readonly now: Date;
}
