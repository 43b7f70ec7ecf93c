import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ConfigurationError } from '#lib/errors.ts';
import { shippedTrustRoots } from '#lib/model/authority.ts';
import { ConfigFile } from './schema.ts';

/** A configuration file that holds, and where relative paths in it start. */
export interface ReadConfig {
  readonly path: string;
  readonly directory: string;
  readonly file: ConfigFile;
}

/**
 * Reads and checks a configuration file.
 * @throws ConfigurationError with one line per problem: file, line, key, what is wrong, what to write
 */
export function readConfig(file: string): ReadConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigurationError([
      `${file}: cannot be read (${(cause as Error).message}). Name an existing file in SEALWATCH_CONFIG or --config.`,
    ]);
  }
  const absolute = path.resolve(file);
  return { path: absolute, directory: path.dirname(absolute), file: parseConfig(text, file) };
}

/**
 * Checks the text of a configuration file.
 * @param name how the file is called in messages
 * @throws ConfigurationError
 */
export function parseConfig(text: string, name: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${name}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0)
    throw new ConfigurationError(
      document.errors.map(({ message, pos }) => `${at(pos[0])}: not valid YAML: ${message}`),
    );

  const parsed = ConfigFile.safeParse(document.toJS() ?? {});
  if (!parsed.success)
    throw new ConfigurationError(
      parsed.error.issues.flatMap((issue) =>
        explain(issue).map(
          ({ keys, message }) =>
            `${at(offsetOf(document, keys))}: ${pathText(keys) || 'configuration'}: ${message}`,
        ),
      ),
    );
  const repeated = repeatedNames(parsed.data);
  if (repeated.length > 0) throw new ConfigurationError(repeated.map((line) => `${name}: ${line}`));
  return parsed.data;
}

type Keys = readonly PropertyKey[];

function explain(issue: z.core.$ZodIssue): { keys: Keys; message: string }[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      keys: [...issue.path, key],
      message:
        key === 'password' || key === 'token'
          ? 'secrets are not written into this file. Use passwordFile or passwordEnv.'
          : 'is not a known key here. See docs/configuration.md for the keys, docs/authorities.md for those of presets.',
    }));
  if (issue.code === 'invalid_union') {
    const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0]?.[0];
    if (nearest) return explain({ ...nearest, path: [...issue.path, ...nearest.path] });
  }
  return [{ keys: issue.path, message: issue.message }];
}

const pathText = (keys: Keys): string =>
  keys
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      return index === 0 ? String(key) : `.${String(key)}`;
    })
    .join('');

/** The offset of the deepest node that exists on the way to `keys`. */
function offsetOf(document: Document, keys: Keys): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const parent = document.getIn(keys.slice(0, depth - 1), true) ?? document.contents;
    const key = keys[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key: node }) => isScalar(node) && node.value === key);
      if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(keys.slice(0, depth), true) as { range?: [number] } | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}

/** A root made of certificates names no log: an authority that demands one could never verify. */
function asksForLogs({ authorities, trustRoots }: ConfigFile): string[] {
  const logless = trustRoots.filter(({ certificates }) => certificates).map(({ name }) => name);
  return authorities.flatMap(({ name, keyless, trustRoot, tlog }) => {
    const root = keyless?.trustRoot ?? trustRoot;
    if (root === undefined || !logless.includes(root)) return [];
    const missing = [
      ...((tlog ?? (keyless ? 'required' : 'ignored')) === 'required' ? ['tlog: ignored'] : []),
      ...(keyless?.sct === 'required' ? ['keyless.sct: ignored'] : []),
    ];
    return missing.length === 0
      ? []
      : [
          `authority "${name}": the trust root "${root}" is made of certificates and names no logs. Write ${missing.join(' and ')} if that is meant.`,
        ];
  });
}

function repeatedNames(config: ConfigFile): string[] {
  const lists = {
    'clusters[].name': config.clusters.map(({ name }) => name),
    'registries[].host': config.registries.map(({ host }) => host),
    'authorities[].name, contentTrust[].name': [...config.authorities, ...config.contentTrust].map(
      ({ name }) => name,
    ),
    'trustRoots[].name': config.trustRoots.map(({ name }) => name),
  };
  const repeats = Object.entries(lists).flatMap(([where, names]) =>
    names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `${where}: "${name}" is written twice. Give each entry a name of its own.`),
  );
  const roots = new Set<string>([
    ...shippedTrustRoots,
    ...config.trustRoots.map(({ name }) => name),
  ]);
  const unknown = config.authorities.flatMap(({ name, keyless, trustRoot }) =>
    [keyless?.trustRoot, trustRoot]
      .filter((root) => root !== undefined && !roots.has(root))
      .map(
        (root) =>
          `authority "${name}": trust root "${root}" is not among trustRoots. Add it there, or name one of: ${[...roots].join(', ')}.`,
      ),
  );
  return [...repeats, ...unknown, ...asksForLogs(config)];
}
