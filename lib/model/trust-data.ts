/** One role of TUF metadata as a Notary v1 server served it. */
export interface TrustDataFile {
  /** `root`, `timestamp`, `snapshot`, `targets`, or a delegation such as `targets/releases`. */
  readonly role: string;
  readonly bytes: Uint8Array;
}

/**
 * Docker Content Trust metadata of one repository (Notary v1, theupdateframework/notary). Whoever
 * runs the server, or stands before it, may have written any of it.
 */
export interface TrustData {
  /** Origin of the server. */
  readonly server: string;
  /** Globally unique name of the collection: `docker.io/library/nginx`. */
  readonly gun: string;
  readonly files: readonly TrustDataFile[];
  /** Root versions between the remembered one and the newest, oldest first. */
  readonly rootChain: readonly Uint8Array[];
  /** What was verified before; absent when this is the first use. */
  readonly memory?: TrustDataMemory;
}

/**
 * The newest metadata that was ever verified for a collection on a server: older metadata is a
 * rollback, and a root that this root did not sign is a stranger's (TUF 1.0, §5.3 to §5.6).
 */
export interface TrustDataMemory {
  /** The text of the root. */
  readonly root: string;
  /** Highest version by role, with the keys that signed it: new keys may begin anew. */
  readonly roles: Readonly<Record<string, { readonly version: number; readonly keys: string }>>;
  /** When the collection was first seen, ISO 8601. */
  readonly since: string;
}

/** What trust data says about one digest, for a reader. */
export interface TrustDataSummary {
  readonly server: string;
  readonly gun: string;
  /** Tags that name the digest, with the roles that say so. */
  readonly tags: readonly { readonly tag: string; readonly roles: readonly string[] }[];
  /** Ids of the keys that signed the root, as notary prints them. */
  readonly rootKeys: readonly string[];
  /** `pinned` by the operator, `remembered` from an earlier look, or believed at `first-use`. */
  readonly root: 'pinned' | 'remembered' | 'first-use';
  /** When the first of the roles lapses, ISO 8601. */
  readonly expiresAt?: string;
  /** When the service that served it ends, ISO 8601 date. */
  readonly retiresOn?: string;
}

const retirements: readonly { readonly host: RegExp; readonly on: string }[] = [
  { host: /^notary\.docker\.io$/, on: '2026-12-08' },
  { host: /(?:^|\.)azurecr\.io$/, on: '2028-03-31' },
];

/**
 * The day (UTC, ISO 8601) on which a public service stops serving trust data; undefined for a server
 * whose end nobody has announced.
 */
export const trustDataRetiresOn = (hostname: string): string | undefined =>
  retirements.find(({ host }) => host.test(hostname))?.on;
