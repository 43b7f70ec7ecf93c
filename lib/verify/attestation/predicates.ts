import type { AttestationSummary } from '#lib/model/attestation.ts';
import { limits } from '#lib/model/limits.ts';
import { isObject, type JsonValue } from '#lib/verify/json.ts';
import {
  countWords,
  listAt,
  memberAt,
  present,
  shownTexts,
  shownValue,
  textAt,
} from './members.ts';

const vexStatuses = ['not_affected', 'affected', 'fixed', 'under_investigation'];

/**
 * Reads an OpenVEX document.
 * @see https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
 */
export function openVex(predicate: JsonValue): AttestationSummary {
  const statements = listAt(predicate, 'statements');
  return {
    kind: 'vex',
    statements: statements.length,
    byStatus: countWords(
      statements.map((statement) => memberAt(statement, 'status')),
      vexStatuses,
    ),
    ...present({ author: textAt(predicate, 'author'), createdAt: textAt(predicate, 'timestamp') }),
  };
}

/**
 * Reads a SLSA verification summary, v1 and the older spelling.
 * @see https://slsa.dev/spec/v1.0/verification_summary
 */
export const verificationSummary = (predicate: JsonValue): AttestationSummary => ({
  kind: 'verification-summary',
  levels: shownTexts([...listAt(predicate, 'verifiedLevels'), memberAt(predicate, 'policy_level')]),
  ...present({
    verifier: textAt(predicate, 'verifier', 'id'),
    policy: textAt(predicate, 'policy', 'uri'),
    result: textAt(predicate, 'verificationResult') ?? textAt(predicate, 'verification_result'),
    resource: textAt(predicate, 'resourceUri'),
    verifiedAt: textAt(predicate, 'timeVerified') ?? textAt(predicate, 'time_verified'),
  }),
});

/**
 * Reads an in-toto link.
 * @see https://github.com/in-toto/attestation/blob/main/spec/predicates/link.md
 */
export function link(predicate: JsonValue): AttestationSummary {
  const command = memberAt(predicate, 'command');
  const words = Array.isArray(command) ? command.filter((word) => typeof word === 'string') : [];
  return {
    kind: 'link',
    materials: sizeOf(memberAt(predicate, 'materials')),
    products: sizeOf(memberAt(predicate, 'products')),
    ...present({
      step: textAt(predicate, 'name'),
      command: words.length === 0 ? undefined : shownValue(words.join(' ')),
    }),
  };
}

/** Materials are a list in the one version and a map in the other. */
const sizeOf = (value: JsonValue | undefined): number =>
  Array.isArray(value) ? value.length : Object.keys(isObject(value) ? value : {}).length;

/** Reads what `cosign attest --type custom` wraps; old entries are a bare text. */
export function custom(predicate: JsonValue): AttestationSummary {
  const data = isObject(predicate) ? memberAt(predicate, 'Data') : predicate;
  return {
    kind: 'custom',
    ...present({
      text: data === undefined || data === null ? undefined : shownValue(data),
      createdAt: textAt(predicate, 'Timestamp'),
    }),
  };
}

/** The names of the members of a predicate that has no reader. */
export const otherPredicate = (predicate: JsonValue): AttestationSummary => ({
  kind: 'other',
  members: shownTexts(
    Object.keys(isObject(predicate) ? predicate : {}).slice(0, limits.attestationItems),
  ),
});
