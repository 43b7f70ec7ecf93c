import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import type { WrittenAuthority } from './authorities.ts';
import type { ReadConfig } from './read-config.ts';
import type { ContentTrustEntry } from './schema.ts';

/**
 * The authorities of Docker Content Trust: one for each entry that pins root keys. An entry without
 * them makes trust data visible and trusts nobody.
 * @throws ConfigurationError naming every key that cannot be read or is not a public key
 */
export function readContentTrust(config: ReadConfig): WrittenAuthority[] {
  const problems: string[] = [];
  const authorities = config.file.contentTrust.flatMap((entry): WrittenAuthority[] => {
    if (entry.rootKeys === undefined) return [];
    const rootKeys = entry.rootKeys.flatMap((key) => {
      try {
        return [rootKey(key, config.directory)];
      } catch (error) {
        problems.push(`${config.path}: contentTrust "${entry.name}": ${(error as Error).message}`);
        return [];
      }
    });
    return [
      {
        kind: 'content-trust',
        name: entry.name,
        images: entry.images,
        source: { kind: 'configuration', path: config.path },
        rootKeys,
        delegations: entry.delegations,
      },
    ];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return authorities;
}

type RootKey = NonNullable<ContentTrustEntry['rootKeys']>[number];

function rootKey({ id, data, file }: RootKey, directory: string): string {
  if (id !== undefined) return id;
  const where = file === undefined ? 'root key data' : `root key file ${file}`;
  try {
    const text = data ?? readFileSync(path.resolve(directory, file ?? ''), 'utf8');
    // Also takes a certificate, whose key it is.
    return createPublicKey(text).export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    throw new Error(`${where} is not a public key or cannot be read: ${(cause as Error).message}`);
  }
}
