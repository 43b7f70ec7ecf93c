import type { TrustData } from '#lib/model/trust-data.ts';
import { invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { commonNameOf } from './certificate-name.ts';
import { RootBody } from './role-schema.ts';
import {
  checkSignatures,
  type RoleKeys,
  readBody,
  readMetadata,
  type SignedMetadata,
} from './signed-metadata.ts';
import { readTrustKeys, type TrustKey } from './trust-key.ts';

/** A root that signed itself, and that the root known before it signed as well. */
export interface OpenedRoot {
  readonly body: RootBody;
  readonly bytes: Uint8Array;
  /** Keys that signed it; each comes as a certificate for the collection. */
  readonly signers: readonly TrustKey[];
  /** The keys of a top-level role. */
  readonly role: (name: 'timestamp' | 'snapshot' | 'targets') => RoleKeys;
}

type Root = OpenedRoot & { readonly rootRole: RoleKeys; readonly metadata: SignedMetadata };

/**
 * Follows the root from the one that is remembered to the newest, version by version: each is signed
 * by the keys of the one before and by its own (TUF 1.0 §5.3). Without a remembered root the newest
 * stands for itself, and whoever uses it must pin its keys or say that it was the first use.
 */
export function openRoot({ gun, files, rootChain, memory }: TrustData): OpenedRoot | Refusal {
  const bytes = files.find(({ role }) => role === 'root')?.bytes;
  if (bytes === undefined) return invalid('trust-data-malformed', 'there is no root');
  const newest = readRoot(bytes, gun);
  if (isRefusal(newest) || memory === undefined) return newest;
  let trusted = readRoot(Buffer.from(memory.root, 'utf8'), gun);
  if (isRefusal(trusted)) return trusted;
  // The same root may carry other signatures than before: what was signed must be the same.
  if (trusted.metadata.message.equals(newest.metadata.message)) return newest;
  if (newest.body.version < trusted.body.version)
    return invalid(
      'trust-data-rollback',
      `the root has version ${newest.body.version}, and version ${trusted.body.version} was seen before`,
    );
  for (const step of [...rootChain.map((link) => readRoot(link, gun)), newest]) {
    if (isRefusal(step)) return step;
    const refusal = checkSuccessor(trusted, step);
    if (refusal) return refusal;
    trusted = step;
  }
  return trusted;
}

function checkSuccessor(trusted: Root, next: Root): Refusal | undefined {
  const [from, to] = [trusted.body.version, next.body.version];
  if (to !== from + 1)
    return invalid('trust-data-root', `a root of version ${to} follows one of version ${from}`);
  const signed = checkSignatures(next.metadata, trusted.rootRole);
  if (!isRefusal(signed)) return undefined;
  const why = `the keys of root version ${from} did not sign version ${to}`;
  return signed.status === 'inconclusive' ? signed : invalid('trust-data-root', why);
}

function readRoot(bytes: Uint8Array, gun: string): Root | Refusal {
  const metadata = readMetadata('root', bytes);
  if (isRefusal(metadata)) return metadata;
  const body = readBody('root', metadata, RootBody);
  if (isRefusal(body)) return body;
  const keys = readTrustKeys(body.keys);
  if (isRefusal(keys)) return keys;
  const roleOf = (name: keyof RootBody['roles']): RoleKeys => ({
    name,
    threshold: body.roles[name].threshold,
    keys: body.roles[name].keyids.flatMap((id) => keys.get(id) ?? []),
  });
  const rootRole = certifiedFor(roleOf('root'), gun);
  if (isRefusal(rootRole)) return rootRole;
  const signers = checkSignatures(metadata, rootRole);
  if (isRefusal(signers)) return signers;
  return { body, bytes, signers, role: roleOf, rootRole, metadata };
}

/**
 * Only the certificate of a root key says which collection it is for: without that check the trust
 * data of one repository could be served for another of the same publisher.
 */
function certifiedFor(role: RoleKeys, gun: string): RoleKeys | Refusal {
  const keys = role.keys.filter(({ certificate }) => {
    const name = certificate && commonNameOf(certificate);
    return name !== undefined && isNameOf(name, gun);
  });
  if (keys.length > 0) return { ...role, keys };
  return invalid('subject-mismatch', `no root key has a certificate for ${gun}`);
}

/** A name that ends in `*` stands for all collections that begin with it (notary, certs.go). */
const isNameOf = (name: string, gun: string): boolean =>
  name.endsWith('*') ? gun.startsWith(name.slice(0, -1)) : name === gun;
