import { conditionHolds } from '#lib/policy/cel/evaluate.ts';
import { completeMap, incompleteMap } from '#lib/policy/cel/values.ts';
import { incompleteObject, type JsonObject } from '#lib/policy/jmespath/values.ts';
import { evaluateConditions } from '#lib/policy/kyverno/conditions.ts';
import type { Tape } from './tape.ts';
import { changedInputs, type Target } from './target.ts';

const celSeeds = [
  'object.spec.containers.all(c, c.image.startsWith("ghcr.io/"))',
  'images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)',
  '!has(object.spec.hostNetwork) || object.spec.hostNetwork == false',
  'object.spec.containers.filter(c, has(c.securityContext) && c.securityContext.privileged).size() == 0',
  'object.metadata.?labels.?app.orValue("none") in ["none", "shop"]',
  'object.spec.containers.exists_one(c, c.image.matches("^[a-z./]+:v[0-9]+$"))',
  '[1, 2, 3].map(x, [x, x]).filter(l, l[0] + l[1] > 2).size() >= 1 ? true : object.spec.hostPID',
  '"a,b".split(",").join("-").replace("-", "+").find("[ab]") == "a"',
  'parseImageReference(object.spec.containers[0].image).registry() == "ghcr.io"',
  '{"a": [object.spec.hostNetwork]}.exists(k, k == "a") && object.spec == object.spec',
];
const pathSeeds = [
  '{{ request.object.spec.containers[].image }}',
  "{{ request.object.spec.containers[?name=='web'].image | [0] }}",
  "{{ request.object.spec.hostNetwork || request.object.metadata.labels.app || 'x' }}",
  '{{ length(request.object.spec.containers[*].securityContext || `[]`) }}',
  "{{ !(request.object.spec.hostPID) && contains(request.namespace, 'ho') }}",
  '{{ request.object.metadata.{a: labels.app, b: name} }}',
  "{{ replace_all(to_upper(request.namespace), 'S', 'ss') }}-{{ request.object.spec.hostNetwork }}",
  "{{ [request.namespace, request.object.kind][] | sort(@) | join('-', @) }}",
];
const pieces = [
  ...['(', ')', '[', ']', '{', '}', '.', '.?', ',', '|', '||', '&&', '!', '?', ':', '==', '>', '+'],
  ...[
    '"',
    "'",
    '`',
    '\\',
    '$',
    '@',
    '*',
    '[]',
    '[*]',
    '{{',
    '}}',
    '-',
    '/',
    ' in ',
    '\u0000',
    '😀',
  ],
  ...[
    'object.spec',
    'hostNetwork',
    'has(',
    'all(x, ',
    'map(y, y)',
    'size()',
    '[0]',
    'null',
    'true',
  ],
  ...[
    'request.object',
    'length(',
    'keys(',
    'to_string(',
    'values(',
    'dyn(',
    'type(',
    'string(',
    '99',
  ],
];

/** Text with a piece put in, cut out, or taken from another one. */
const mutateText =
  (seeds: readonly string[]) =>
  (bytes: Buffer, tape: Tape): Buffer => {
    const text = bytes.toString();
    const at = tape.next(text.length + 1);
    const end = Math.min(text.length, at + tape.next(12));
    const other = tape.pick(seeds);
    const from = tape.next(other.length + 1);
    const put = tape.pick([
      '',
      tape.pick(pieces),
      tape.pick(pieces).repeat(1 + tape.next(40)),
      other.slice(from, from + tape.next(40)),
      text.slice(at, end).repeat(1 + tape.next(60)),
    ]);
    return Buffer.from(text.slice(0, at) + put + text.slice(tape.next(2) === 0 ? at : end));
  };

type Fields = Readonly<Record<string, unknown>>;

/** What a pod may have beside what is kept of it. */
const others: readonly { readonly pod: Fields; readonly container: Fields }[] = [
  { pod: {}, container: {} },
  {
    pod: { hostNetwork: true, hostPID: false, volumes: [] },
    container: { securityContext: { privileged: true }, tty: true },
  },
  { pod: { hostNetwork: false }, container: { securityContext: { privileged: false } } },
];

const toMap = (value: unknown): never =>
  (typeof value === 'object' && value !== null && !Array.isArray(value)
    ? completeMap(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toMap(one)])))
    : value) as never;

function celScope(rest: (typeof others)[number] | undefined) {
  const make = rest === undefined ? incompleteMap : completeMap;
  const container = (image: string) => make({ image, ...toFields(rest?.container) });
  const spec = make({
    containers: [container('ghcr.io/acme/web:v1'), container('quay.io/acme/log')],
    ...toFields(rest?.pod),
  });
  const labels = completeMap({ app: 'shop' });
  return {
    values: {
      object: make({ kind: 'Pod', metadata: make({ name: 'web', labels }), spec }),
      images: completeMap({ containers: ['ghcr.io/acme/web:v1'] }),
      attestors: completeMap({ a: completeMap({ name: 'a' }) }),
    },
    functions: { verifyImageSignatures: () => 1n },
  };
}
const toFields = (fields: Fields = {}): Readonly<Record<string, never>> =>
  Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, toMap(one)]));

function pathData(rest: (typeof others)[number] | undefined): JsonObject {
  const make = (members: Fields): JsonObject =>
    rest === undefined ? incompleteObject(members as JsonObject) : (members as JsonObject);
  const container = (name: string, image: string) => make({ name, image, ...rest?.container });
  const containers = [
    container('web', 'ghcr.io/acme/web:v1'),
    container('log', 'quay.io/acme/log'),
  ];
  const metadata = make({ name: 'web', labels: { app: 'shop' } });
  const object = make({ kind: 'Pod', metadata, spec: make({ containers, ...rest?.pod }) });
  return make({ request: make({ operation: 'CREATE', namespace: 'shop', object }) });
}

/** An answer that was given without what nobody knows must be the same whatever that is. */
function judged(ask: (rest: (typeof others)[number] | undefined) => string): string | undefined {
  const before = performance.now();
  const told = ask(undefined);
  const taken = performance.now() - before;
  if (taken > 5_000) return `took ${Math.round(taken)} ms`;
  if (told !== 'yes' && told !== 'no') return undefined;
  const known = others.map(ask).find((one) => one !== told && one !== 'not-evaluated');
  return known === undefined ? undefined : `said ${told}, and it may be ${known}`;
}

/** Conditions of policies, as anybody with the right to write policies writes them. */
export const expressionTargets = (): readonly Target[] => [
  {
    name: 'CEL',
    inputs: changedInputs(
      celSeeds.map((seed) => Buffer.from(seed)),
      mutateText(celSeeds),
    ),
    read: (input) => judged((rest) => conditionHolds(input.toString(), celScope(rest)).met),
  },
  {
    name: 'conditions in JMESPath',
    inputs: changedInputs(
      pathSeeds.map((seed) => Buffer.from(seed)),
      mutateText(pathSeeds),
    ),
    read: (input) => {
      const key = input.toString();
      const all = [{ key, operator: 'NotEquals', value: key.length % 2 === 0 ? 'shop' : key }];
      return judged((rest) => evaluateConditions({ all }, { data: pathData(rest) }).met);
    },
  },
];
