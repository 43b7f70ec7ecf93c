import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What a review of admission reads: the objects of each cluster, what engines look at beside images,
 * what was there before, and simulations with their rows. Documents are text: they stay as they were
 * served, with the order of their keys. Keys of what others name are hashes: an index takes no text
 * of any length.
 */
const statements = [
  `CREATE TABLE admission_reading (
    cluster text COLLATE "C" PRIMARY KEY, revision int NOT NULL, read_at timestamptz NOT NULL,
    namespaces text NOT NULL, problems text NOT NULL)`,
  // `key`: hash of group, kind, namespace and name. `content`: hash of the document.
  `CREATE TABLE admission_object (
    cluster text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, content text NOT NULL,
    document text NOT NULL, PRIMARY KEY (cluster, key))`,
  // Apart from `workload`, whose rows are judged again and again and read by every list.
  `CREATE TABLE workload_admission (
    workload_id text COLLATE "C" PRIMARY KEY, facts jsonb NOT NULL)`,

  // Counts the verdicts that said anything new.
  'ALTER TABLE image ADD COLUMN revision int NOT NULL DEFAULT 0',
  // What the pinned digest names: a runtime may report another one, that of the platform.
  'ALTER TABLE image_use ADD COLUMN pinned_image_id int',
  `INSERT INTO image (registry, repository, digest, rank, reason, since)
    SELECT DISTINCT registry, repository, pinned_digest, 3, 'not-checked-yet', now() FROM image_use
    WHERE pinned_digest IS NOT NULL AND registry IS NOT NULL AND repository IS NOT NULL
    ON CONFLICT DO NOTHING`,
  `UPDATE image_use AS u SET pinned_image_id = i.id FROM image AS i
    WHERE i.digest = u.pinned_digest AND i.registry = u.registry AND i.repository = u.repository`,
  'CREATE INDEX image_use_pinned_image ON image_use (pinned_image_id) WHERE pinned_image_id IS NOT NULL',

  // Uses that are not there any more, each once with the latest time, and whose they were.
  `CREATE TABLE former_workload (
    id text COLLATE "C" PRIMARY KEY, cluster text COLLATE "C" NOT NULL, revision int NOT NULL, workload jsonb NOT NULL)`,
  `CREATE TABLE former_use (
    id text COLLATE "C" PRIMARY KEY, workload_id text COLLATE "C" NOT NULL, container text NOT NULL,
    kind text NOT NULL, declared text NOT NULL, digest text COLLATE "C", image_id int, unresolved text,
    rank int NOT NULL, pods int NOT NULL, last_seen timestamptz NOT NULL)`,
  'CREATE INDEX former_use_workload ON former_use (workload_id, last_seen)',

  // `generation` names the rows that count: new ones are written beside those that are being read.
  `CREATE TABLE simulation (
    id text COLLATE "C" PRIMARY KEY, created_at timestamptz NOT NULL, facts jsonb NOT NULL, generation text COLLATE "C")`,
  'CREATE INDEX simulation_created ON simulation (created_at, id)',
  `CREATE TABLE simulation_row (
    simulation text COLLATE "C" NOT NULL, generation text COLLATE "C" NOT NULL, ordinal int NOT NULL,
    change text COLLATE "C" NOT NULL, namespace text COLLATE "C" NOT NULL, team text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL, search text COLLATE "C" NOT NULL, facts jsonb NOT NULL,
    PRIMARY KEY (simulation, generation, ordinal))`,
];

/** Admission objects, former workloads and simulations. */
export const migration0003: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
