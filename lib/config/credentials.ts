import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import type { ReadConfig } from './read-config.ts';
import type { RegistryEntry } from './schema.ts';

/** A user name and password for one registry host, read from where the configuration points. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
  /** Where they came from, for the reader: never what they are. */
  readonly source: string;
}

/**
 * Reads the credentials of one registry entry by reference.
 * @throws ConfigurationError naming the file or variable that is missing
 */
export function readCredentials(
  entry: RegistryEntry,
  config: ReadConfig,
  variables: Readonly<Record<string, string | undefined>>,
): RegistryCredentials | undefined {
  const written = entry.credentials;
  if (written === undefined) return undefined;
  const problem = (message: string): never => {
    throw new ConfigurationError([`${config.path}: registry "${entry.host}": ${message}`]);
  };
  const variable = (name: string) =>
    variables[name] || problem(`environment variable ${name} is not set`);
  const username = written.username ?? variable(written.usernameEnv ?? '');
  if (written.passwordEnv !== undefined)
    return {
      username,
      password: variable(written.passwordEnv),
      source: `environment ${written.passwordEnv}`,
    };
  const file = written.passwordFile ?? '';
  try {
    const password = readFileSync(path.resolve(config.directory, file), 'utf8').trimEnd();
    return { username, password, source: `file ${file}` };
  } catch (cause) {
    return problem(`password file ${file} cannot be read: ${(cause as Error).message}`);
  }
}
