import { sql } from 'kysely';
import { type ContainerClass, classKey, hash } from './container-class.ts';
import type { Runner } from './database.ts';
import { Interned } from './interned.ts';

/** The containers of a workload: their classes in order, and how many run by rank of status. */
export interface Profile {
  readonly classes: readonly number[];
  readonly running: readonly number[];
}

const ints = (name: string) =>
  sql`array(select jsonb_array_elements_text(value->${sql.lit(name)})::int)`;

/** What workloads are put together from, each kind of thing once. */
export class Catalog {
  readonly classes = new Interned<ContainerClass>({
    table: 'container_class',
    key: classKey,
    insert: sql`(key, facts) select key, value`,
    select: sql`facts`,
  });
  readonly profiles = new Interned<Profile>({
    table: 'profile',
    key: ({ classes }) => hash(classes.join()),
    insert: sql`(key, classes, running) select key, ${ints('classes')}, ${ints('running')}`,
    select: sql`jsonb_build_object('classes', classes, 'running', running)`,
  });
  /** Registries of a workload's containers, in order, each as often as it occurs. */
  readonly registries = new Interned<readonly string[]>({
    table: 'registry_set',
    key: (names) => hash(names.join(' ')),
    insert: sql`(key, names) select key, array(select jsonb_array_elements_text(value))`,
    select: sql`to_jsonb(names)`,
  });

  /** The containers of each profile. */
  async containers(
    run: Runner,
    profileIds: readonly number[],
  ): Promise<(profileId: number) => readonly ContainerClass[]> {
    const profiles = await this.profiles.valuesOf(run, profileIds);
    const needed = new Set(profileIds.flatMap((id) => profiles.get(id)?.classes ?? []));
    const classes = await this.classes.valuesOf(run, [...needed]);
    return (id) => (profiles.get(id)?.classes ?? []).flatMap((one) => classes.get(one) ?? []);
  }
}
