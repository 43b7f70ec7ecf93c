import { z } from 'zod';
import type { TlogRule, Witnesses } from '#lib/model/authority.ts';

const count = z.number().int().positive().max(8).optional();

/** Least numbers of different witnesses; see `Witnesses` of the model. */
export const AtLeast = z.strictObject({ logs: count, times: count, timestampAuthorities: count });

/** The witnesses as authorities carry them. */
export const witnessesOf = ({
  logs,
  times,
  timestampAuthorities,
}: z.output<typeof AtLeast>): Witnesses => ({
  ...(logs !== undefined && { logs }),
  ...(times !== undefined && { times }),
  ...(timestampAuthorities !== undefined && { timestampAuthorities }),
});

/** The trust root of GitHub's own instance (`https://tuf-repo.github.com`) goes by this name. */
const githubDomain = 'github';

/** Who asks, as far as it decides what is asked of logs. */
interface Asking {
  readonly key?: unknown;
  readonly keyless?: { readonly trustRoot: string } | undefined;
  readonly tlog?: TlogRule | undefined;
  readonly trustRoot?: string | undefined;
  readonly atLeast?: z.output<typeof AtLeast> | undefined;
}

/**
 * What is asked of logs where nothing is written: nothing for keys, nor of GitHub's own instance for
 * private repositories, which writes to none: its timestamps stand instead.
 */
export const tlogOf = ({ keyless, tlog }: Asking): TlogRule =>
  tlog ?? (keyless === undefined || keyless.trustRoot === githubDomain ? 'ignored' : 'required');

/** Why an authority could never have so many witnesses; undefined when it could. */
export function witnessProblem(entry: Asking): string | undefined {
  const { key, atLeast, trustRoot } = entry;
  if (key !== undefined && entry.tlog === 'required' && trustRoot === undefined)
    return 'tlog: required needs trustRoot, to know whose log';
  if (key !== undefined && atLeast !== undefined && trustRoot === undefined)
    return 'atLeast needs trustRoot, to know whose logs and timestamps';
  return atLeast?.logs !== undefined && tlogOf(entry) === 'ignored'
    ? 'atLeast.logs needs tlog: required'
    : undefined;
}
