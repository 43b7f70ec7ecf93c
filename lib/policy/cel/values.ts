import { type CelInput, type CelValue, isCelList, isCelMap } from '@bufbuild/cel';

/** Keys that no label and no field can have: they mark what a map is beside its entries. */
const incompleteKey = '\u0000incomplete';
const optionalKey = '\u0000optional';
const absentKey = '\u0000absent';

/** A map of CEL as it is given: from names to values. */
export type CelFields = ReadonlyMap<string, CelInput>;

/** A map of which all entries are known: what is not in it does not exist. */
export const completeMap = (entries: Readonly<Record<string, CelInput>>): CelFields =>
  new Map(Object.entries(entries));

/** A map of which not all entries were kept: what is not in it is unknown, unless it is named absent. */
export const incompleteMap = (
  entries: Readonly<Record<string, CelInput>>,
  absent: readonly string[] = [],
): CelFields =>
  new Map<string, CelInput>([...Object.entries(entries), [incompleteKey, [...absent]]]);

/** True for a map of which not all entries were kept. */
export const isIncomplete = (value: CelValue): boolean =>
  isCelMap(value) && value.has(incompleteKey);

/** Whether a map may have an entry that is not in it here. */
export function mayHold(value: CelValue, key: CelValue): boolean {
  const absent = isCelMap(value) ? value.get(incompleteKey) : undefined;
  return isCelList(absent) && ![...absent].includes(key);
}

/** An optional value (`optional.of`, `optional.none`), which CEL here knows as a marked map. */
export const optionalOf = (value: CelInput): CelFields => new Map([[optionalKey, value]]);
export const optionalNone: CelFields = new Map([[absentKey, true]]);

export const isOptional = (value: CelValue): boolean =>
  isCelMap(value) && (value.has(optionalKey) || value.has(absentKey));

/** What an optional value holds; undefined where it holds nothing. */
export const heldBy = (value: CelValue): CelValue | undefined =>
  isCelMap(value) ? value.get(optionalKey) : undefined;
