import type { DocumentProblem } from '#lib/model/policy.ts';
import { readShape } from '#lib/policy/object.ts';
import { publicKeysIn } from '#lib/policy/public-keys.ts';
import {
  type AttestorEntry,
  AttestorSet,
  type AttestorSetSpec,
  type ImageVerificationSpec,
} from './schema.ts';

/** Attestors with the nested ones unfolded: `count` of the entries must hold. */
export interface AttestorTree {
  readonly count: number;
  readonly entries: readonly AttestorNode[];
}

/** One who may sign; `label` names it within its policy. */
export type AttestorNode =
  | { readonly kind: 'entry'; readonly label: string; readonly entry: AttestorEntry }
  | { readonly kind: 'set'; readonly set: AttestorTree };

/** Sets nest as deep as anybody writes them; deeper than this nobody reads them. */
const deepest = 10;
const forms = ['keys', 'certificates', 'keyless', 'attestor'] as const;

/**
 * Unfolds a set of attestors. Several public keys of one entry are entries of their own, and are
 * counted so. What the webhook of Kyverno refuses is a problem.
 */
export function unfoldAttestors(
  spec: AttestorSetSpec,
  path: string,
  problems: DocumentProblem[],
  depth = 0,
): AttestorTree {
  const tell = (at: string, why: string) => problems.push({ path: at, message: `${at} ${why}` });
  const { count, entries } = spec;
  if (entries.length === 0) tell(`${path}.entries`, 'is empty, and one is needed');
  if (count !== undefined && count > entries.length)
    tell(`${path}.count`, `is ${count}, and there are ${entries.length} entries`);
  const nodes = entries.flatMap((entry, index): readonly AttestorNode[] => {
    const at = `${path}.entries[${index}]`;
    const given = forms.filter((form) => entry[form] !== undefined);
    if (given.length !== 1)
      tell(
        at,
        `must have one of ${forms.map((form) => `${at}.${form}`).join(', ')}, and has ${given.length === 0 ? 'none' : 'several'}`,
      );
    tellEntry(entry, at, tell);
    if (entry.attestor === undefined) return keyEntries(entry, at);
    if (depth >= deepest) {
      tell(`${at}.attestor`, `is nested deeper than ${deepest} sets`);
      return [];
    }
    const nested = readShape(AttestorSet, entry.attestor);
    if (nested.kind === 'refused') {
      for (const one of nested.problems) tell(`${at}.attestor`, one.message);
      return [];
    }
    const set = unfoldAttestors(nested.value, `${at}.attestor`, problems, depth + 1);
    return [{ kind: 'set', set }];
  });
  return { count: count || nodes.length, entries: nodes };
}

function tellEntry(
  { keys, certificates }: AttestorEntry,
  at: string,
  tell: (at: string, why: string) => void,
): void {
  if (keys && !keys.publicKeys && !keys.kms && !keys.secret)
    tell(
      `${at}.keys`,
      `must have one of ${at}.keys.publicKeys, ${at}.keys.kms, ${at}.keys.secret, and has none`,
    );
  if (certificates && !certificates.cert && !certificates.certChain)
    tell(
      `${at}.certificates`,
      `must have ${at}.certificates.cert or ${at}.certificates.certChain, and has none`,
    );
}

function keyEntries(entry: AttestorEntry, label: string): readonly AttestorNode[] {
  const { keys } = entry;
  const found = publicKeysIn(keys?.publicKeys ?? '');
  if (keys === undefined || found.length < 2) return [{ kind: 'entry', label, entry }];
  return found.map((publicKeys, index) => ({
    kind: 'entry',
    label: `${label}.keys[${index}]`,
    entry: { ...entry, keys: { ...keys, publicKeys } },
  }));
}

/** One verification with its attestors unfolded. */
export interface VerificationRule {
  readonly path: string;
  readonly spec: ImageVerificationSpec;
  /** Every one of them must hold. */
  readonly attestors: readonly AttestorTree[];
  readonly attestations: readonly {
    readonly type: string;
    readonly attestors: readonly AttestorTree[];
    readonly hasConditions: boolean;
  }[];
}

/** Reads one entry of `verifyImages`; the form of the first versions becomes that of today. */
export function readVerification(
  given: ImageVerificationSpec,
  path: string,
  problems: DocumentProblem[],
): VerificationRule {
  const spec = modernised(given);
  if (spec.imageReferences.length === 0)
    problems.push({
      path: `${path}.imageReferences`,
      message: `${path}.imageReferences is empty, and one is needed`,
    });
  const unfold = (sets: readonly AttestorSetSpec[], at: string) =>
    sets.map((set, index) => unfoldAttestors(set, `${at}[${index}]`, problems));
  return {
    path,
    spec,
    attestors: unfold(spec.attestors, `${path}.attestors`),
    attestations: spec.attestations.map((attestation, index) => ({
      type: attestation.type || attestation.predicateType || '',
      attestors: unfold(attestation.attestors, `${path}.attestations[${index}].attestors`),
      hasConditions: (attestation.conditions ?? []).length > 0,
    })),
  };
}

function modernised(spec: ImageVerificationSpec): ImageVerificationSpec {
  const { image, key, issuer, subject, roots, annotations } = spec;
  if (!image && !key && !issuer) return spec;
  const imageReferences = image ? [...spec.imageReferences, image] : spec.imageReferences;
  if (!key && !issuer) return { ...spec, imageReferences };
  const entry: AttestorEntry = {
    ...(annotations && { annotations }),
    ...(key ? { keys: { publicKeys: key } } : { keyless: { issuer, subject, roots } }),
  };
  const set = { entries: [entry] };
  if (spec.attestations.length === 0)
    return { ...spec, imageReferences, attestors: [...spec.attestors, set] };
  const attestations = spec.attestations.map((one) => ({
    ...one,
    attestors: [...one.attestors, set],
  }));
  return { ...spec, imageReferences, attestations };
}
