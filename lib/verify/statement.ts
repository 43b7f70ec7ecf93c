import { limits } from '#lib/model/limits.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { ArtifactDigests } from './artifact.ts';
import type { Envelope } from './envelope.ts';
import {
  caseFoldedDuplicate,
  isObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from './json.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';

/** What a signed in-toto statement says about the artifact. */
export interface StatementClaim {
  readonly predicateType: string;
  /** Annotations of the subject that names the artifact (`cosign sign -a`). */
  readonly annotations: Readonly<Record<string, string>>;
  /** As it was signed. */
  readonly predicate: JsonValue | undefined;
}

const statementTypes: readonly unknown[] = [
  'https://in-toto.io/Statement/v0.1',
  'https://in-toto.io/Statement/v1',
];

/**
 * Reads the statement inside an envelope and demands that one of its subjects is the artifact. The
 * predicate type is taken from here and from nowhere else: annotations are anybody's.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
export function checkStatement(
  { payloadType, payload }: Envelope,
  artifact: ArtifactDigests,
): StatementClaim | Refusal {
  if (payloadType !== mediaTypes.inToto)
    return invalid('payload-type', `the envelope holds ${JSON.stringify(payloadType)}`);
  const json = parseJson(payload);
  if (isRefusal(json)) return json;
  if (!isObject(json)) return invalid('json-malformed', 'the statement is not an object');
  if (caseFoldedDuplicate(json) !== undefined)
    return invalid('json-ambiguous', 'a member of the statement occurs in two spellings');
  if (!statementTypes.includes(json['_type']))
    return invalid('payload-type', `the statement is of the type ${JSON.stringify(json['_type'])}`);
  const predicateType = json['predicateType'];
  if (typeof predicateType !== 'string' || predicateType === '')
    return invalid('json-malformed', 'the statement has no predicateType');
  const subject = findSubject(json['subject'], artifact);
  if (isRefusal(subject)) return subject;
  return {
    predicateType,
    annotations: textMembers(subject['annotations']),
    predicate: json['predicate'],
  };
}

function findSubject(
  subjects: JsonValue | undefined,
  artifact: ArtifactDigests,
): JsonObject | Refusal {
  if (!Array.isArray(subjects)) return invalid('json-malformed', 'the statement has no subjects');
  if (subjects.length > limits.statementSubjects)
    return inconclusive('limit-exceeded', `the statement has ${subjects.length} subjects`);
  let found: JsonObject | undefined;
  for (const subject of subjects) {
    const digests = digestsOf(subject);
    if (isRefusal(digests)) return digests;
    if (found === undefined && isObject(subject) && names(digests, artifact)) found = subject;
  }
  return found ?? invalid('subject-mismatch', 'no subject of the statement is this artifact');
}

/** Every subject must be well formed, also those that are not asked about. */
function digestsOf(subject: JsonValue): JsonObject | Refusal {
  const digests = isObject(subject) ? subject['digest'] : undefined;
  if (!isObject(subject) || !isObject(digests))
    return invalid('json-malformed', 'a subject of the statement has no digest');
  if (Object.keys(digests).length > limits.subjectDigests)
    return inconclusive('limit-exceeded', 'a subject of the statement has too many digests');
  if (caseFoldedDuplicate(subject) !== undefined || caseFoldedDuplicate(digests) !== undefined)
    return invalid('json-ambiguous', 'a subject of the statement can be read in two ways');
  return digests;
}

/** By the strongest digest that we know of the artifact; SHA-1 and unknown ones never count. */
const names = (digests: JsonObject, artifact: ArtifactDigests): boolean =>
  Object.entries(artifact).some(([algorithm, hex]) => digests[algorithm] === hex);

function textMembers(value: JsonValue | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(isObject(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
