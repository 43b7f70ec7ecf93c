import type { AttestationSummary, StatedValue } from '#lib/model/attestation.ts';
import { limits } from '#lib/model/limits.ts';
import type { JsonObject, JsonValue } from '#lib/verify/json.ts';
import { listAt, objectAt, present, shownValue, textAt, textOf } from './members.ts';

type Provenance = Extract<AttestationSummary, { kind: 'provenance' }>;

/**
 * Reads a SLSA v0.2 predicate.
 * @see https://slsa.dev/spec/v0.2/provenance
 */
export const provenanceV02 = (predicate: JsonValue): Provenance => ({
  kind: 'provenance',
  version: 'v0.2',
  parameters: parametersOf(objectAt(predicate, 'invocation', 'parameters')),
  ...present({
    builder: textAt(predicate, 'builder', 'id'),
    buildType: textAt(predicate, 'buildType'),
    source: textAt(predicate, 'invocation', 'configSource', 'uri'),
    commit: commitIn(objectAt(predicate, 'invocation', 'configSource', 'digest')),
    entryPoint: textAt(predicate, 'invocation', 'configSource', 'entryPoint'),
    invocation: textAt(predicate, 'metadata', 'buildInvocationId'),
    startedAt: textAt(predicate, 'metadata', 'buildStartedOn'),
    finishedAt: textAt(predicate, 'metadata', 'buildFinishedOn'),
  }),
});

/**
 * Reads a SLSA v1 predicate. Where the source stands is up to the build type: the places that GitHub,
 * BuildKit, Google Cloud Build and Tekton use are tried, then the first dependency from a repository.
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function provenanceV1(predicate: JsonValue): Provenance {
  const external = objectAt(predicate, 'buildDefinition', 'externalParameters');
  const dependencies = listAt(predicate, 'buildDefinition', 'resolvedDependencies');
  const source =
    textAt(external, 'workflow', 'repository') ??
    textAt(external, 'configSource', 'uri') ??
    textAt(external, 'source', 'repository') ??
    textAt(external, 'source', 'uri') ??
    textAt(external, 'source') ??
    textAt(external, 'buildConfigSource', 'repository') ??
    textAt(dependencies.find(isRepository), 'uri');
  return {
    kind: 'provenance',
    version: 'v1',
    parameters: parametersOf(external),
    ...present({
      builder: textAt(predicate, 'runDetails', 'builder', 'id'),
      buildType: textAt(predicate, 'buildDefinition', 'buildType'),
      source,
      commit: commitOf(external, dependencies, source),
      entryPoint:
        textAt(external, 'workflow', 'path') ??
        textAt(external, 'configSource', 'path') ??
        textAt(external, 'buildConfigSource', 'path'),
      invocation: textAt(predicate, 'runDetails', 'metadata', 'invocationId'),
      startedAt: textAt(predicate, 'runDetails', 'metadata', 'startedOn'),
      finishedAt: textAt(predicate, 'runDetails', 'metadata', 'finishedOn'),
    }),
  };
}

/** The commit beside the source itself, else that of the dependency which is the source. */
function commitOf(
  external: JsonObject,
  dependencies: readonly JsonValue[],
  source: string | undefined,
): string | undefined {
  const beside =
    commitIn(objectAt(external, 'configSource', 'digest')) ??
    commitIn(objectAt(external, 'source', 'digest'));
  const same = dependencies.find(
    (one) => source !== undefined && textAt(one, 'uri')?.includes(source),
  );
  return beside ?? commitIn(objectAt(same ?? dependencies.find(isRepository), 'digest'));
}

const isRepository = (dependency: JsonValue): boolean =>
  textAt(dependency, 'uri')?.startsWith('git+') === true;

const commitIn = (digests: JsonObject): string | undefined =>
  textOf(digests['gitCommit']) ?? textOf(digests['sha1']);

function parametersOf(members: JsonObject): Provenance['parameters'] {
  const entries = Object.entries(members);
  return {
    total: entries.length,
    shown: entries
      .slice(0, limits.attestationItems)
      .map(([name, value]): StatedValue => ({ name: shownValue(name), value: shownValue(value) })),
  };
}
