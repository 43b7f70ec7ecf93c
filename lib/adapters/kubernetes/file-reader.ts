import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ClusterReader, ReadProblem } from '#lib/ports/cluster.ts';
import type { ClusterSource } from './cluster-source.ts';
import { objectsToAdmission } from './file-admission.ts';
import { objectsToSnapshot, type PlacedObject } from './file-objects.ts';
import { parseJson } from './json-text.ts';

type FileSource = Extract<ClusterSource, { kind: 'pods-file' | 'manifests' }>;

/**
 * Reads Kubernetes objects from disk: what `kubectl get … -o json` printed (as it ran then), or a
 * tree of manifests (what would run).
 */
export function createFileReader(source: FileSource): ClusterReader {
  const { id, name, kind } = source;
  return {
    id,
    name,
    kind,
    read: async ({ signal, onProgress }) => {
      const { objects, problems } = await placedObjects(source, signal);
      const { namespaces } = source;
      const read = objectsToSnapshot(objects, { atRest: kind === 'manifests', namespaces });
      const snapshot = { ...read, problems: [...problems, ...read.problems] };
      onProgress?.(snapshot.pods.length);
      return snapshot;
    },
    readAdmission: async ({ signal }) => {
      const readAt = new Date();
      const { objects, problems } = await placedObjects(source, signal);
      const further = await Promise.all(
        (source.policies ?? []).map((file) => readObjects(file, path.basename(file))),
      );
      const read = objectsToAdmission([...objects, ...further.flat()], source.namespaces);
      return { ...read, problems: [...problems, ...read.problems], readAt };
    },
    follow: (_from, signal) => untilAborted(signal),
    pullSecrets: async () => [],
  };
}

/** A file does not change under a scan: there is nothing to report until we are told to stop. */
async function* untilAborted(signal: AbortSignal): AsyncGenerator<never> {
  yield* [];
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** Everything that stands in the files of a source, and which of the files could not be read. */
async function placedObjects(
  { kind, path: root }: FileSource,
  signal: AbortSignal,
): Promise<{
  readonly objects: readonly PlacedObject[];
  readonly problems: readonly ReadProblem[];
}> {
  if (kind === 'pods-file')
    return { objects: await readObjects(root, path.basename(root)), problems: [] };
  const objects: PlacedObject[] = [];
  const problems: ReadProblem[] = [];
  for (const file of await manifestFiles(root)) {
    signal.throwIfAborted();
    try {
      for (const object of await readObjects(path.join(root, file), file)) objects.push(object);
    } catch (error) {
      // One broken file must not hide the others: Helm templates lie among manifests.
      if (!(error instanceof OperationalError)) throw error;
      problems.push({ what: file, reason: 'input-file', detail: error.message });
    }
  }
  return { objects, problems };
}

const extension = /\.(?:ya?ml|json)$/i;

async function manifestFiles(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error) => {
    throw cannotRead(root, error);
  });
  const files = entries
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter(
      (file) => !file.split(path.sep).some((part) => part === '.git' || part === 'node_modules'),
    )
    .sort();
  if (files.length > limits.inputFiles)
    throw inputFile(root, `holds more than ${limits.inputFiles} files; name a smaller directory`);
  if (files.length === 0)
    throw inputFile(
      root,
      'holds no .yaml, .yml or .json file; name the directory of the manifests',
    );
  return files;
}

async function readObjects(file: string, shown: string): Promise<readonly PlacedObject[]> {
  const bytes = await contentOf(file);
  // Most of what people hand us is JSON, and YAML readers are a hundred times slower.
  const isJson = /^\s*[{[]/.test(bytes.subarray(0, 256).toString('utf8'));
  const values = isJson ? [jsonOf(bytes, file)] : yamlOf(bytes.toString('utf8'), file);
  return values.map((value, i) => ({ file: shown, place: i === 0 ? '' : `#${i}`, value }));
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > limits.inputFileBytes)
      throw inputFile(file, `is larger than ${limits.inputFileBytes} bytes; split it by namespace`);
    return await readFile(file);
  } catch (error) {
    throw error instanceof OperationalError ? error : cannotRead(file, error);
  }
}

function jsonOf(bytes: Buffer, file: string): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    throw inputFile(file, `is not valid JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function yamlOf(text: string, file: string): unknown[] {
  const lineCounter = new LineCounter();
  const documents = yamlSafely(file, () =>
    parseAllDocuments(text, { lineCounter, prettyErrors: false }),
  );
  return [...documents].map((document) => {
    const [broken] = document.errors;
    if (broken === undefined) return yamlSafely(file, () => document.toJS({ maxAliasCount: 100 }));
    const { line } = lineCounter.linePos(broken.pos[0]);
    throw inputFile(file, `is not valid YAML in line ${line}: ${broken.message}`);
  });
}

/** Aliases that multiply and nesting without end are thrown, not reported. */
function yamlSafely<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw inputFile(
      file,
      `cannot be read as YAML: ${error instanceof Error ? error.message : error}`,
    );
  }
}

const inputFile = (file: string, why: string) =>
  new OperationalError('input-file', `${file} ${why}`);

function cannotRead(file: string, error: unknown): OperationalError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  return inputFile(file, `${why}; correct the path or its permissions`);
}
