import type { InstalledEngine } from '#lib/model/admission.ts';
import type { Engine } from '#lib/model/policy.ts';
import type { Admission } from './admission.ts';
import { type KnownVersion, type SightSettings, sightOf } from './engine-sight.ts';

/** Which of the engines that run find evidence; each version of each engine once. */
export function visibilityOf(
  engines: readonly InstalledEngine[],
  settings: SightSettings,
): Admission['visibility'] {
  const distinct = new Map<string, { readonly engine: Engine; readonly version?: string }>();
  for (const { engine, version } of engines)
    distinct.set(`${engine} ${version ?? ''}`, {
      engine,
      ...(version !== undefined && { version }),
    });
  return (evidence) =>
    [...distinct.values()].map((one) => ({
      ...one,
      ...sightOf(one.engine, evidence, versionOf(one.version), settings),
    }));
}

function versionOf(version = ''): KnownVersion | undefined {
  const [, major, minor, patch = '0'] =
    /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,4}))?/.exec(version) ?? [];
  return major === undefined || minor === undefined
    ? undefined
    : { minor: Number(major) * 1000 + Number(minor), patch: Number(patch) };
}
