import { z } from 'zod';
import { limits } from '#lib/model/limits.ts';

/** Seconds may have nine decimals and any offset: what Go writes for a time. */
const Expires = z.iso.datetime({ offset: true });
const Version = z.number().int().positive();
const Hashes = z.record(z.string(), z.string());

const Key = z.object({
  keytype: z.string().max(40),
  keyval: z.object({ public: z.string() }),
});
/** One key as written. */
export type KeyJson = z.infer<typeof Key>;

const Keys = z
  .record(z.string(), Key)
  .refine((keys) => Object.keys(keys).length <= limits.trustDataKeys, { message: 'too many keys' });

const KeyIds = z.array(z.string()).max(limits.trustDataKeys);
const Role = z.object({ keyids: KeyIds, threshold: z.number().int().positive() });

/** Length and hashes of a file or target. */
const FileMeta = z.object({ length: z.number().int().nonnegative(), hashes: Hashes });
export type FileMeta = z.infer<typeof FileMeta>;

const common = { version: Version, expires: Expires };

/** The signed part of a root. */
export const RootBody = z.object({
  _type: z.literal('Root'),
  ...common,
  keys: Keys,
  roles: z.object({ root: Role, timestamp: Role, snapshot: Role, targets: Role }),
});
export type RootBody = z.infer<typeof RootBody>;

/** The signed part of a timestamp. */
export const TimestampBody = z.object({
  _type: z.literal('Timestamp'),
  ...common,
  meta: z.object({ snapshot: FileMeta }),
});

/** The signed part of a snapshot: every published role by name. */
export const SnapshotBody = z.object({
  _type: z.literal('Snapshot'),
  ...common,
  meta: z.record(z.string(), FileMeta),
});

/** Segments of letters, digits, `-` and `_`: a name never climbs out of a path (notary, roles.go). */
const DelegationName = z
  .string()
  .max(255)
  .regex(/^targets(?:\/[-a-z0-9_]+)+$/);

const Delegation = Role.extend({
  name: DelegationName,
  paths: z.array(z.string()).max(limits.trustDataKeys).nullish(),
});
export type Delegation = z.infer<typeof Delegation>;

/** The signed part of targets or of a delegation. */
export const TargetsBody = z.object({
  _type: z.literal('Targets'),
  ...common,
  targets: z.record(z.string(), FileMeta).nullish(),
  delegations: z
    .object({
      keys: Keys.nullish(),
      roles: z.array(Delegation).max(limits.trustDataKeys).nullish(),
    })
    .nullish(),
});
export type TargetsBody = z.infer<typeof TargetsBody>;

/** True for the name of a delegation that may become part of a URL. */
export const isDelegationName = (name: string): boolean => DelegationName.safeParse(name).success;
