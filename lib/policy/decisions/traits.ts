import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { TextMap } from '#lib/policy/object.ts';
import type { LabelSelector } from '#lib/policy/selector.ts';

/** What rules look at in an object beside its kind, its namespace and its images. */
export interface Traits {
  readonly labels: ReadonlySet<string>;
  readonly namespaceLabels: ReadonlySet<string>;
  /** Names by which rules choose, as they are written where they are no patterns. */
  readonly names: ReadonlySet<string>;
  readonly namePatterns: readonly ((name: string) => boolean)[];
}

/** Collects what rules look at, over many of them. */
export class TraitCollector implements Traits {
  readonly labels = new Set<string>();
  readonly namespaceLabels = new Set<string>();
  readonly names = new Set<string>();
  readonly namePatterns: ((name: string) => boolean)[] = [];

  addSelector(of: 'labels' | 'namespaceLabels', selector: LabelSelector | undefined): void {
    const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
    for (const key of Object.keys(matchLabels)) this[of].add(key);
    for (const { key } of matchExpressions) this[of].add(key);
  }

  addName(name: string, compile: (pattern: string) => (text: string) => boolean): void {
    if (/^\*+$/.test(name)) return;
    if (/[*?]/.test(name)) this.namePatterns.push(compile(name));
    else this.names.add(name);
  }
}

/** Objects of equal class are told apart by none of the rules: only their images may differ. */
export function classOf(
  { labels, namespaceLabels, names, namePatterns }: Traits,
  admitted: AdmittedObject,
): string {
  const { group, kind, namespace = '/', name } = admitted;
  const parts = [
    `${group}/${kind}`,
    namespace,
    valuesOf(labels, admitted.labels),
    admitted.namespaceLabels === undefined
      ? '?'
      : valuesOf(namespaceLabels, admitted.namespaceLabels),
    names.has(name) ? name : '',
    namePatterns.map((fits) => (fits(name) ? '1' : '0')).join(''),
  ];
  return parts.join('\n');
}

/** Values of labels cannot hold the control characters that part them here. */
function valuesOf(keys: ReadonlySet<string>, labels: TextMap): string {
  let text = '';
  for (const key of keys) if (Object.hasOwn(labels, key)) text += `${key}\t${labels[key]}\t`;
  return text;
}
