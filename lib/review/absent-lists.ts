import type { StoredAdmission } from '#lib/ports/review-store.ts';

/** Lists of which files hold nothing: unlike with a cluster, that does not mean that nothing is there. */
const listsOfFiles = [
  ['validatingwebhookconfigurations', 'WebhookConfiguration'],
  ['services', 'Service'],
  ['endpointslices', 'EndpointSlice'],
] as const;

/** The lists of which a reading of files holds nothing, by the ends of their paths. */
export const absentFrom = (stored: StoredAdmission | undefined): readonly string[] =>
  listsOfFiles.flatMap(([list, kind]) =>
    stored?.objects.some((object) => object.kind.endsWith(kind)) ? [] : [list],
  );
