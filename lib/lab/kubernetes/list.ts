import {
  builtIn,
  type KubernetesObject,
  type ServedKind,
  type Target,
} from './kubernetes-object.ts';
import type { Page } from './object-store.ts';

/** How objects are shown to whoever asks, by the `accept` of the request and the version of its path. */
export interface Manner {
  readonly metadataOnly: boolean;
  /** Of one object: of a get, or in an event. */
  readonly shown: (object: KubernetesObject) => unknown;
}

/** The manner that a request asks for. */
export function mannerOf({ apiVersion }: Target, accept = ''): Manner {
  const metadataOnly = accept.includes('as=PartialObjectMetadata');
  return { metadataOnly, shown: metadataOnly ? partial : (object) => ({ ...object, apiVersion }) };
}

/** One page as text, item by item. Items of built-in kinds have neither kind nor version, as in Go. */
export function* listPieces(
  { kind, apiVersion }: Target,
  page: Page,
  { metadataOnly, shown }: Manner,
  spoilt: object | undefined,
): Generator<string> {
  const head = metadataOnly
    ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
    : { kind: `${kind.kind}List`, apiVersion };
  yield `{"kind":"${head.kind}","apiVersion":"${head.apiVersion}","items":[`;
  const bare = !metadataOnly && isBuiltIn(kind);
  let first = true;
  for (const object of page.items) {
    const whole = first ? { ...object, ...spoilt } : object;
    const item = shown(whole) as object;
    const text = JSON.stringify(bare ? { ...item, apiVersion: undefined, kind: undefined } : item);
    yield first ? text : `,${text}`;
    first = false;
  }
  const next = page.next();
  const metadata = { resourceVersion: `${page.version}`, ...(next && { continue: next }) };
  yield `],"metadata":${JSON.stringify(metadata)}}`;
}

const isBuiltIn = (kind: ServedKind): boolean => builtIn.includes(kind);

/** An object by its metadata alone. */
const partial = ({ metadata }: KubernetesObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});
