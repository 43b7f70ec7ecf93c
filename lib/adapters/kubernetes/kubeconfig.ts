import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ConfigurationError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';

const text = z.string().nullish();

const ClusterEntry = z.looseObject({
  server: z.string().min(1),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
});
export type ClusterEntry = z.infer<typeof ClusterEntry>;

const Exec = z.looseObject({
  command: z.string().min(1),
  apiVersion: z.string().nullish(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: text,
  interactiveMode: text,
  provideClusterInfo: z.boolean().nullish(),
});

const UserEntry = z.looseObject({
  token: text,
  tokenFile: text,
  'client-certificate': text,
  'client-key': text,
  as: text,
  'as-uid': text,
  'as-groups': z.array(z.string()).nullish(),
  exec: Exec.nullish(),
});
export type UserEntry = z.infer<typeof UserEntry>;

const named = <K extends string, T>(key: K, schema: z.ZodType<T>) =>
  z.object({ name: z.string().min(1), [key]: schema } as { name: z.ZodString } & Record<
    K,
    z.ZodType<T>
  >);

const Context = z.object({
  cluster: z.string().min(1),
  user: z.string().nullish(),
  namespace: text,
});

/** Entries are checked when they are used: a broken one must not hide its neighbours. */
const Kubeconfig = z.object({
  'current-context': text,
  clusters: z.array(named('cluster', z.unknown())).nullish(),
  users: z.array(named('user', z.unknown())).nullish(),
  contexts: z.array(named('context', Context)).nullish(),
});

/** One context of a kubeconfig. */
export interface ContextSummary {
  readonly name: string;
  readonly cluster: string;
  readonly user?: string;
  readonly namespace?: string;
  /** Absent when the cluster entry is missing or broken; connecting then says what is wrong. */
  readonly server?: string;
  readonly current: boolean;
}

/** What a connection needs of a kubeconfig, its relative paths made absolute. */
export interface SelectedContext {
  readonly name: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
}

interface Entry<T> {
  readonly name: string;
  readonly value: T;
  readonly from: string;
  readonly directory: string;
}

interface Loaded {
  readonly from: string;
  readonly current?: string;
  readonly clusters: readonly Entry<unknown>[];
  readonly users: readonly Entry<unknown>[];
  readonly contexts: readonly Entry<z.infer<typeof Context>>[];
}

/**
 * Lists the contexts of a kubeconfig file, or of several joined as in `KUBECONFIG`.
 * @throws ConfigurationError naming the file, the line where it is known, and the remedy
 */
export function contextsOf(kubeconfigPath: string): readonly ContextSummary[] {
  const loaded = load({ path: kubeconfigPath });
  return loaded.contexts.map(({ name, value }) => {
    const cluster = loaded.clusters.find((entry) => entry.name === value.cluster);
    const server = ClusterEntry.safeParse(cluster?.value).data?.server;
    return {
      name,
      cluster: value.cluster,
      ...(value.user && { user: value.user }),
      ...(value.namespace && { namespace: value.namespace }),
      ...(server !== undefined && { server }),
      current: name === loaded.current,
    };
  });
}

/**
 * Picks one context, by default the current one.
 * @throws ConfigurationError as {@link contextsOf}
 */
export function selectContext(source: {
  readonly path?: string;
  readonly text?: string;
  readonly context?: string;
}): SelectedContext {
  const loaded = load(source);
  const name = source.context ?? loaded.current;
  const known = loaded.contexts.map((entry) => entry.name).join(', ') || 'none';
  if (!name) fail(`${loaded.from}: no current-context is set; name a context (it has: ${known})`);
  const context = loaded.contexts.find((entry) => entry.name === name);
  if (context === undefined)
    fail(`${loaded.from}: there is no context "${name}"; it has: ${known}`);
  const { cluster, user } = context.value;
  return {
    name,
    cluster: entryOf(loaded.clusters, 'cluster', cluster, name, ClusterEntry),
    user: user ? entryOf(loaded.users, 'user', user, name, UserEntry) : {},
  };
}

function entryOf<T extends object>(
  entries: readonly Entry<unknown>[],
  kind: 'cluster' | 'user',
  name: string,
  context: string,
  schema: z.ZodType<T>,
): T {
  const entry = entries.find((one) => one.name === name);
  if (entry === undefined)
    fail(`context "${context}" names the ${kind} "${name}", which no kubeconfig has; add it`);
  const parsed = schema.safeParse(entry.value ?? {});
  if (!parsed.success)
    fail(
      ...parsed.error.issues.map(
        (issue) =>
          `${entry.from}: ${kind} "${name}": ${issue.path.join('.') || kind}: ${issue.message}`,
      ),
    );
  return withAbsolutePaths(parsed.data, entry.directory);
}

const pathKeys = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

function withAbsolutePaths<T extends object>(entry: T, directory: string): T {
  const absolute = Object.entries(entry).map(([key, value]) =>
    pathKeys.includes(key) && typeof value === 'string' && value !== ''
      ? [key, path.resolve(directory, value)]
      : [key, value],
  );
  return Object.fromEntries(absolute) as T;
}

function load(source: { readonly path?: string; readonly text?: string }): Loaded {
  if (source.text !== undefined)
    return parse(source.text, 'the kubeconfig given as text', process.cwd());
  const given = source.path ?? path.join(os.homedir(), '.kube', 'config');
  const files = given.split(path.delimiter).filter(Boolean);
  // As kubectl does: of several files the first to name something wins, absent ones are passed over.
  const present = files.length > 1 ? files.filter((file) => exists(file)) : files;
  const parts = present.map((file) =>
    parse(readText(file), file, path.dirname(path.resolve(file))),
  );
  const [first] = parts;
  if (first === undefined) fail(`${given}: none of these kubeconfig files exists`);
  const current = parts.find((part) => part.current)?.current;
  return {
    from: given,
    ...(current && { current }),
    clusters: parts.flatMap((part) => part.clusters),
    users: parts.flatMap((part) => part.users),
    contexts: firstOfEach(parts.flatMap((part) => part.contexts)),
  };
}

const firstOfEach = <T>(entries: readonly Entry<T>[]): Entry<T>[] =>
  entries.filter(({ name }, i) => entries.findIndex((one) => one.name === name) === i);

const exists = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > limits.kubeconfigBytes)
      fail(`kubeconfig ${file} is larger than ${limits.kubeconfigBytes} bytes; name another file`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    return fail(`kubeconfig ${file} ${why}; correct the path or its permissions`);
  }
}

function parse(content: string, from: string, directory: string): Loaded {
  const lineCounter = new LineCounter();
  const document = yamlSafely(from, () =>
    parseDocument(content, { lineCounter, prettyErrors: false }),
  );
  const [broken] = document.errors;
  if (broken !== undefined)
    fail(
      `${from}, line ${lineCounter.linePos(broken.pos[0]).line}: not valid YAML: ${broken.message}; ` +
        'correct it or write the file again with your cloud’s command line tool',
    );
  const parsed = Kubeconfig.safeParse(yamlSafely(from, () => document.toJS()) ?? {});
  if (!parsed.success)
    fail(
      ...parsed.error.issues.map((issue) => {
        const node = document.getIn(issue.path, true) as
          | { range?: [number, number, number] }
          | undefined;
        const at =
          node?.range === undefined ? '' : `, line ${lineCounter.linePos(node.range[0]).line}`;
        return `${from}${at}: ${issue.path.join('.') || 'the file'}: ${issue.message}; this is not a kubeconfig as kubectl writes it`;
      }),
    );
  const { clusters, users, contexts } = parsed.data;
  const entry = <T>(name: string, value: T): Entry<T> => ({ name, value, from, directory });
  return {
    from,
    ...(parsed.data['current-context'] && { current: parsed.data['current-context'] }),
    clusters: (clusters ?? []).map(({ name, cluster }) => entry(name, cluster)),
    users: (users ?? []).map(({ name, user }) => entry(name, user)),
    contexts: (contexts ?? []).map(({ name, context }) => entry(name, context)),
  };
}

/** Aliases that multiply and nesting without end are thrown, not reported. */
function yamlSafely<T>(from: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return fail(`${from}: not readable as YAML: ${error instanceof Error ? error.message : error}`);
  }
}

function fail(...problems: string[]): never {
  throw new ConfigurationError(problems);
}
