import { z } from 'zod';
import { limits } from '#lib/model/limits.ts';
import type { DocumentProblem, ObjectReference, ReadDocument } from '#lib/model/policy.ts';

/** Labels or annotations. */
export type TextMap = Readonly<Record<string, string>>;

/** What stands at the head of every Kubernetes object. */
export interface ObjectHead {
  readonly reference: ObjectReference;
  readonly labels: TextMap;
  readonly annotations: TextMap;
  readonly createdAt?: string;
}

/** Which objects a reader takes; of another version of these it says so, and does not guess. */
export interface ObjectKinds {
  readonly group: string;
  readonly kinds: readonly string[];
  readonly versions: readonly string[];
}

const Head = z.looseObject({
  apiVersion: z.string(),
  kind: z.string().min(1),
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
    creationTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});

/** Group and version of an `apiVersion`; the core group is ''. */
export function groupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.lastIndexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}

/** The head of an object of any kind, without its body. */
export function readHead(cluster: string, document: unknown): ReadDocument<ObjectHead> {
  const read = readShape(Head, document);
  if (read.kind === 'refused') return read;
  const { apiVersion, kind, metadata } = read.value;
  const { name, namespace, uid, resourceVersion, creationTimestamp, labels, annotations } =
    metadata;
  return {
    kind: 'read',
    ignored: [],
    value: {
      reference: {
        cluster,
        ...groupVersion(apiVersion),
        kind,
        ...(namespace !== undefined && { namespace }),
        name,
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
      labels,
      annotations,
      ...(creationTimestamp !== undefined && { createdAt: creationTimestamp }),
    },
  };
}

/** Reads one object: its head, and its body by a schema. Fields that the schema does not name are told. */
export function readObject<T extends object>(
  cluster: string,
  document: unknown,
  { group, kinds, versions }: ObjectKinds,
  body: z.ZodType<T>,
): ReadDocument<{ readonly head: ObjectHead; readonly body: T }> {
  const head = readHead(cluster, document);
  if (head.kind === 'refused') return head;
  const { reference } = head.value;
  if (reference.group !== group || !versions.includes(reference.version))
    return refused(
      'apiVersion',
      `is ${reference.group}/${reference.version}; read are ${versions.map((one) => `${group}/${one}`).join(', ')}`,
    );
  if (kinds.length > 0 && !kinds.includes(reference.kind))
    return refused('kind', `is ${reference.kind}; read are ${kinds.join(', ')}`);
  const read = readShape(body, document);
  if (read.kind === 'refused') return read;
  const ignored = read.ignored.filter(({ path }) => !headFields.has(path));
  return { kind: 'read', value: { head: head.value, body: read.value }, ignored };
}

const headFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** Reads a value by a schema; null counts as absent, as the API server has it. */
export function readShape<T>(schema: z.ZodType<T>, document: unknown): ReadDocument<T> {
  const tidy = withoutNulls(document, 0);
  if (tidy === tooDeep) return refused('', `is nested deeper than ${limits.jsonDepth} levels`);
  const parsed = schema.safeParse(tidy);
  if (!parsed.success) return { kind: 'refused', problems: problemsOf(parsed.error) };
  const ignored: DocumentProblem[] = [];
  tellStrangers(schema, tidy, '', ignored);
  return { kind: 'read', value: parsed.data, ignored };
}

/** A refusal for one field. */
export const refused = (
  path: string,
  message: string,
): Extract<ReadDocument<never>, { kind: 'refused' }> => ({
  kind: 'refused',
  problems: [{ path, message: path === '' ? `the document ${message}` : `${path} ${message}` }],
});

const problemsOf = ({ issues }: z.ZodError): readonly DocumentProblem[] =>
  issues.slice(0, limits.documentProblems).map((issue) => {
    const path = pathText(issue.path);
    const message = issue.message.replace(/^Invalid input: /, '');
    return { path, message: path === '' ? `the document: ${message}` : `${path}: ${message}` };
  });

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');

const tooDeep = Symbol('too deep');

function withoutNulls(value: unknown, depth: number): unknown {
  if (depth > limits.jsonDepth) return tooDeep;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    if (inner === null && !Array.isArray(value)) return [];
    return [[key, withoutNulls(inner, depth + 1)] as const];
  });
  if (entries.some(([, inner]) => inner === tooDeep)) return tooDeep;
  if (Array.isArray(value)) return entries.map(([, inner]) => inner);
  // A null prototype: a field named `__proto__` is a field like any other.
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of entries) copy[key] = inner;
  return copy;
}

/** Finds the fields that no schema names: they are kept, and decide nothing. */
function tellStrangers(
  schema: z.core.$ZodType,
  value: unknown,
  path: string,
  found: DocumentProblem[],
): void {
  if (found.length >= limits.documentProblems || value === undefined) return;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    tellStrangers(schema.def.innerType, value, path, found);
  } else if (schema instanceof z.ZodArray && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      tellStrangers(schema.element, item, `${path}[${index}]`, found);
  } else if (schema instanceof z.ZodObject && typeof value === 'object' && value !== null) {
    tellFields(schema.shape, value, path, found);
  }
}

function tellFields(
  shape: z.core.$ZodShape,
  value: object,
  path: string,
  found: DocumentProblem[],
): void {
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const inner = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (inner !== undefined) tellStrangers(inner, item, at, found);
    else if (found.length < limits.documentProblems)
      found.push({ path: at, message: `${at} is not known here` });
  }
}
