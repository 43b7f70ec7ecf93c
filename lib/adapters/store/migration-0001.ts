import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * The present (workload, image_use, image, tag_now, finding …) beside the history from which it
 * follows. Text that is compared or sorted has collation "C": the same order on every server.
 * `rank` is the place of a status in `verdictStatuses`, 0 the worst; `weight` is the number of
 * pods below zero, so that worst first is one ascending order. Tables whose rows are judged again
 * and again leave room in their pages, so that most updates touch no index.
 */
const statements = [
  `CREATE TABLE cluster (
    id text COLLATE "C" PRIMARY KEY, name text NOT NULL, kind text NOT NULL, server text, version text,
    state text NOT NULL, watching boolean NOT NULL, as_of timestamptz, reason text, detail text,
    retry_at timestamptz, problems jsonb NOT NULL)`,

  // What a container is, as far as filters and counts ask; workloads with the same containers share a profile.
  `CREATE TABLE container_class (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE, facts jsonb NOT NULL)`,
  `CREATE TABLE profile (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE, classes int[] NOT NULL,
    running int[] NOT NULL)`,
  // The registries of a workload's containers, as often as they occur.
  `CREATE TABLE registry_set (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE, names text[] NOT NULL)`,

  `CREATE TABLE workload (
    id text COLLATE "C" PRIMARY KEY, cluster text COLLATE "C" NOT NULL, namespace text COLLATE "C" NOT NULL,
    api_version text NOT NULL, kind text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, uid text NOT NULL,
    team text COLLATE "C" NOT NULL, rank int NOT NULL, worst_use text COLLATE "C", worst_reason text,
    pods int NOT NULL, weight int NOT NULL, containers int NOT NULL, verified int NOT NULL, profile int NOT NULL, registries int NOT NULL,
    since timestamptz NOT NULL, search text COLLATE "C" NOT NULL, content text NOT NULL, revision int NOT NULL)
    WITH (fillfactor = 80)`,
  // Lists find their rows in the one, counts in the other, without a look at the rows themselves.
  `CREATE INDEX workload_attention ON workload (rank, weight, name, id)
    INCLUDE (cluster, namespace, team, kind, profile, pods, since)`,
  'CREATE INDEX workload_facets ON workload (cluster, namespace, team, kind, profile, registries)',

  `CREATE TABLE image (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, digest text COLLATE "C" NOT NULL,
    registry text COLLATE "C" NOT NULL, repository text COLLATE "C" NOT NULL,
    rank int NOT NULL, reason text, detail text, retry_at timestamptz, signer text COLLATE "C",
    authority text COLLATE "C", attested boolean NOT NULL DEFAULT false, formats jsonb NOT NULL DEFAULT '[]',
    media_type text, platforms jsonb NOT NULL DEFAULT '[]', checked_at timestamptz, since timestamptz NOT NULL,
    verdict jsonb, UNIQUE (digest, registry, repository))`,
  'CREATE INDEX image_repository ON image (registry, repository)',

  `CREATE TABLE tag_now (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, registry text COLLATE "C" NOT NULL,
    repository text COLLATE "C" NOT NULL, tag text COLLATE "C" NOT NULL, state text, digest text COLLATE "C",
    image_id int, reason text, detail text, checked_at timestamptz, UNIQUE (registry, repository, tag))`,
  'CREATE INDEX tag_now_image ON tag_now (image_id)',

  `CREATE TABLE image_use (
    id text COLLATE "C" PRIMARY KEY, workload_id text COLLATE "C" NOT NULL, container text NOT NULL,
    kind text NOT NULL, declared text NOT NULL, registry text COLLATE "C", repository text COLLATE "C", tag text,
    pinned_digest text, problem text, pin text NOT NULL, running text NOT NULL, digest text COLLATE "C",
    running_repository text, running_id text, pods int NOT NULL, examples jsonb NOT NULL, rank int NOT NULL,
    reason text, detail text, class int NOT NULL, image_id int, other_image_id int, tag_id int,
    since timestamptz NOT NULL) WITH (fillfactor = 80)`,
  'CREATE INDEX image_use_workload ON image_use (workload_id)',
  'CREATE INDEX image_use_image ON image_use (image_id)',
  'CREATE INDEX image_use_other_image ON image_use (other_image_id) WHERE other_image_id IS NOT NULL',
  'CREATE INDEX image_use_tag ON image_use (tag_id) WHERE tag_id IS NOT NULL',

  `CREATE TABLE finding (
    id text COLLATE "C" PRIMARY KEY, workload_id text COLLATE "C" NOT NULL, use_id text COLLATE "C",
    class int, kind text NOT NULL, severity int NOT NULL, reason text NOT NULL, owner text NOT NULL,
    container text NOT NULL, declared text NOT NULL, digest text, detail text NOT NULL, pods int NOT NULL,
    weight int NOT NULL, since timestamptz NOT NULL)`,
  'CREATE INDEX finding_workload ON finding (workload_id)',
  'CREATE INDEX finding_attention ON finding (severity, weight, id) INCLUDE (kind, reason, class, workload_id)',

  // Workloads whose judgement is older than their facts. The mark tells a newer cause from the one judged.
  'CREATE SEQUENCE judge_mark',
  'CREATE TABLE to_judge (workload_id text COLLATE "C" PRIMARY KEY, mark bigint NOT NULL)',
  'CREATE INDEX to_judge_mark ON to_judge (mark)',

  `CREATE TABLE fact (
    subject text COLLATE "C" NOT NULL, evidence text COLLATE "C" NOT NULL, authority_fingerprint text COLLATE "C" NOT NULL,
    trust_root_revision text COLLATE "C" NOT NULL, verifier_version text COLLATE "C" NOT NULL, verdict jsonb NOT NULL,
    PRIMARY KEY (subject, evidence, authority_fingerprint, trust_root_revision, verifier_version))`,

  `CREATE TABLE repository (
    registry text COLLATE "C" NOT NULL, repository text COLLATE "C" NOT NULL, tags int NOT NULL,
    skipped_tags int NOT NULL, as_of timestamptz NOT NULL, reason text, detail text,
    PRIMARY KEY (registry, repository))`,
  `CREATE TABLE published_tag (
    registry text COLLATE "C" NOT NULL, repository text COLLATE "C" NOT NULL, tag text COLLATE "C" NOT NULL,
    digest text COLLATE "C", image_id int, release boolean NOT NULL, PRIMARY KEY (registry, repository, tag))`,
  'CREATE INDEX published_tag_image ON published_tag (image_id)',

  `CREATE TABLE registry (
    host text COLLATE "C" PRIMARY KEY, declared boolean NOT NULL, status jsonb)`,
  'CREATE TABLE trust_root (name text COLLATE "C" PRIMARY KEY, facts jsonb NOT NULL)',
  `CREATE TABLE scan (
    id text COLLATE "C" PRIMARY KEY, state text NOT NULL, started_at timestamptz NOT NULL, facts jsonb NOT NULL)`,
  'CREATE INDEX scan_started ON scan (started_at, id)',

  // One row a day and finest scope: its last state of the day.
  `CREATE TABLE coverage_point (
    day text COLLATE "C" NOT NULL, cluster text COLLATE "C" NOT NULL, namespace text COLLATE "C" NOT NULL,
    team text COLLATE "C" NOT NULL, at timestamptz NOT NULL, verified int NOT NULL, inconclusive int NOT NULL,
    untrusted int NOT NULL, unsigned int NOT NULL, invalid int NOT NULL,
    PRIMARY KEY (day, cluster, namespace, team))`,

  // Append-only. `subject` is a workload id, or registry/repository@digest.
  `CREATE TABLE history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, subject text COLLATE "C" NOT NULL,
    cause text NOT NULL, changes jsonb NOT NULL)`,
  'CREATE INDEX history_subject ON history (subject, id)',
];

/** The first schema. */
export const migration0001: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
