import type { AttestationSummary } from '#lib/model/attestation.ts';
import { isObject, type JsonValue } from '#lib/verify/json.ts';
import { listAt, memberAt, objectAt, present, shownTexts, textAt, textOf } from './members.ts';

type Sbom = Extract<AttestationSummary, { kind: 'sbom' }>;
type Malformed = Extract<AttestationSummary, { kind: 'malformed' }>;

const malformed = (detail: string): Malformed => ({ kind: 'malformed', detail });

/**
 * Reads an SPDX document: 2.x as JSON or as tag-value text, 3.x as a graph. Cosign wraps what it is
 * given as text in `Data`.
 * @see https://spdx.github.io/spdx-spec
 */
export function spdx(predicate: JsonValue): Sbom | Malformed {
  const data = memberAt(predicate, 'Data');
  const document = typeof predicate === 'string' ? predicate : (data ?? predicate);
  if (typeof document === 'string') return spdxText(document);
  if (memberAt(document, '@graph') !== undefined) return spdx3(document);
  const version = textAt(document, 'spdxVersion');
  if (version === undefined) return malformed('the predicate names no SPDX version');
  const creators = listAt(document, 'creationInfo', 'creators');
  return {
    kind: 'sbom',
    format: 'SPDX',
    version: version.replace(/^SPDX-/, ''),
    components: listAt(document, 'packages').length,
    tools: toolsAmong(creators),
    ...present({
      name: textAt(document, 'name'),
      createdAt: textAt(document, 'creationInfo', 'created'),
    }),
  };
}

/** Creators are written `Tool: syft-1.2.0`, `Organization: …`, `Person: …`. */
const toolsAmong = (creators: readonly JsonValue[]): readonly string[] =>
  shownTexts(
    creators.map((creator) =>
      typeof creator === 'string' ? /^Tool:\s*(.+)$/.exec(creator)?.[1] : undefined,
    ),
  );

function spdxText(text: string): Sbom | Malformed {
  const tags = text.split('\n').map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return colon < 0 ? ['', line] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  const first = (name: string) => textOf(tags.find(([tag]) => tag === name)?.[1]);
  const version = first('SPDXVersion');
  if (version === undefined) return malformed('the predicate is a text, and no SPDX document');
  return {
    kind: 'sbom',
    format: 'SPDX',
    version: version.replace(/^SPDX-/, ''),
    components: tags.filter(([tag]) => tag === 'PackageName').length,
    tools: toolsAmong(tags.filter(([tag]) => tag === 'Creator').map(([, value]) => value)),
    ...present({ name: first('DocumentName'), createdAt: first('Created') }),
  };
}

function spdx3(document: JsonValue): Sbom {
  const graph = listAt(document, '@graph');
  const ofType = (type: string) => graph.filter((item) => textAt(item, 'type') === type);
  const [creation] = ofType('CreationInfo');
  const [itself] = ofType('SpdxDocument');
  return {
    kind: 'sbom',
    format: 'SPDX',
    components: ofType('software_Package').length,
    tools: shownTexts(ofType('Tool').map((tool) => memberAt(tool, 'name'))),
    ...present({
      version: textAt(creation, 'specVersion'),
      name: textAt(itself, 'name'),
      createdAt: textAt(creation, 'created'),
    }),
  };
}

/**
 * Reads a CycloneDX document, 1.0 and later.
 * @see https://cyclonedx.org/docs/latest/json
 */
export function cycloneDx(predicate: JsonValue): Sbom | Malformed {
  const data = memberAt(predicate, 'Data');
  const document = isObject(data) ? data : predicate;
  const version = textAt(document, 'specVersion');
  if (version === undefined) return malformed('the predicate names no CycloneDX version');
  const tools = memberAt(document, 'metadata', 'tools');
  const named = Array.isArray(tools) ? tools : listAt(tools, 'components');
  return {
    kind: 'sbom',
    format: 'CycloneDX',
    version,
    components: countComponents(listAt(document, 'components')),
    tools: shownTexts(
      named.map((tool) => {
        const [name, release] = [textAt(tool, 'name'), textAt(tool, 'version')];
        return name !== undefined && release !== undefined ? `${name} ${release}` : name;
      }),
    ),
    ...present({
      name: nameOf(objectAt(document, 'metadata', 'component')),
      createdAt: textAt(document, 'metadata', 'timestamp'),
    }),
  };
}

const nameOf = (component: JsonValue): string | undefined => textAt(component, 'name');

/** Components may hold components; how deep is bounded where the JSON is parsed. */
function countComponents(components: readonly JsonValue[]): number {
  return components.reduce<number>(
    (sum, component) => sum + 1 + countComponents(listAt(component, 'components')),
    0,
  );
}
