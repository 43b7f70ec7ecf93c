import type { LedgerEntry } from '#lib/policy/admission.ts';
import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import { fitsPattern } from '#lib/policy/connaisseur/connaisseur-policies.ts';
import { isBroadPattern } from './breadth.ts';
import { ownershipOf } from './ownership.ts';

/** Patterns under which Connaisseur lets images in unseen: those of a static validator that approves. */
export const connaisseurExceptions = ({
  connaisseur,
}: Pick<ClusterObjects, 'connaisseur'>): readonly LedgerEntry[] =>
  connaisseur.flatMap(({ head, configuration }) =>
    configuration.rules
      .filter(({ kind, approves }) => kind === 'static' && approves === true)
      .map(({ pattern, validator }) => ({
        engine: 'connaisseur',
        kind: 'static-pass',
        object: head.reference,
        policy: head.reference,
        scope: pattern,
        ...ownershipOf(head),
        tooBroad: isBroadPattern(pattern),
        why: `the validator ${validator} approves ${pattern} unseen`,
        covers: (_, image) => image !== undefined && fitsPattern(pattern, image),
      })),
  );
