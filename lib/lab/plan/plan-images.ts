import { imageContent } from '#lib/lab/content/image-content.ts';
import { type Service, type SharedName, sharedNames } from './names.ts';
import type { PlannedImage, PlannedRepository, Target } from './plan.ts';
import type { Random } from './random.ts';
import { type RecipeName, recipeOf } from './recipes.ts';
import { recipesByZone } from './recipes-by-zone.ts';
import { specimenZones, type Zone, zones } from './zones.ts';

/** The images of one service, newest version first; never empty. */
export interface ServiceImages {
  readonly service: Service;
  readonly versions: readonly [PlannedImage, ...PlannedImage[]];
  /** An earlier build of the newest version: its tag was pushed again since. */
  readonly replaced?: PlannedImage;
}

/** All images of a lab. */
export interface PlannedImages {
  readonly services: readonly ServiceImages[];
  readonly shared: ReadonlyMap<SharedName, ServiceImages>;
  readonly images: readonly PlannedImage[];
  readonly repositories: ReadonlyMap<string, PlannedRepository>;
}

/** Every so many services of `acme` have pushed a tag twice. */
const replacedEvery = 6;
/** Every so many services have deleted the tag of their second newest version. */
const deletedEvery = 11;

/** Plans at least `count` images for the services: each recipe of each zone at least once. */
export function planImages(
  services: readonly Service[],
  count: number,
  random: Random,
  seed: number,
): PlannedImages {
  const sharedServices = sharedNames.map(
    (name): Service => ({
      namespace: 'platform-tools',
      team: 'platform',
      zone: 'platform',
      meshed: false,
      name,
      repository: `${zones.platform.prefix}${name}`,
    }),
  );
  const assigned = assignRecipes(services, random.fork('recipes'));
  const drafts = services.map((service, index): Draft => {
    const recipe = assigned.get(service) ?? 'unsigned';
    const faulty = recipeOf(recipe).fault !== undefined;
    const replaced = service.zone === 'acme' && !faulty && index % replacedEvery === 1;
    return { service, recipe, single: faulty || specimenZones.has(service.zone), replaced };
  });
  const fixed = drafts.filter(({ single, replaced }) => single || replaced).length;
  const share = shareOf(
    count - sharedNames.length * 2 - fixed,
    drafts.filter(({ single }) => !single).length,
  );
  const planned = drafts.map((draft) =>
    planService(draft, draft.single ? 1 : share(), random.fork(draft.service.repository), seed),
  );
  const plannedShared = sharedServices.map((service) => {
    const recipe = service.name === 'mesh-init' ? 'platform-key-bundle' : 'platform-key';
    const draft = { service, recipe, single: false, replaced: false } as const;
    return planService(draft, 2, random.fork(service.repository), seed);
  });
  const all = [...planned, ...plannedShared];
  return {
    services: planned,
    shared: new Map(
      plannedShared.map((images, index) => [sharedNames[index] as SharedName, images]),
    ),
    images: all.flatMap(({ versions, replaced }) => [...versions, ...(replaced ? [replaced] : [])]),
    repositories: new Map(
      all.map((images, index) => {
        const repository = tagsOf(images, index);
        return [`${repository.host}/${repository.repository}`, repository];
      }),
    ),
  };
}

/** Gives every recipe of a zone to one of its services first, and the rest by weight. */
function assignRecipes(
  services: readonly Service[],
  random: Random,
): ReadonlyMap<Service, RecipeName> {
  const assigned = new Map<Service, RecipeName>();
  for (const [zone, members] of Map.groupBy(services, (service) => service.zone)) {
    const recipes = recipesByZone[zone];
    random.shuffled(members).forEach((service, index) => {
      const recipe = recipes[index]?.[0] ?? random.weighted(recipes);
      assigned.set(service, recipe);
    });
  }
  return assigned;
}

/** Deals `total` versions to so many services, at least one to each. */
function shareOf(total: number, services: number): () => number {
  const each = Math.max(1, total / services);
  let dealt = 0;
  return () => {
    dealt += 1;
    return Math.round(dealt * each) - Math.round((dealt - 1) * each);
  };
}

/** A service before its images are made. */
interface Draft {
  readonly service: Service;
  /** Of the newest version. */
  readonly recipe: RecipeName;
  /** One version is enough: a fault hides the whole repository, or the image is there to be shown. */
  readonly single: boolean;
  readonly replaced: boolean;
}

function planService(
  { service, recipe, replaced }: Draft,
  count: number,
  random: Random,
  seed: number,
): ServiceImages {
  const image = (version: string, build: number, made: RecipeName) =>
    planImage(service, { version, build, recipe: made, seed });
  const [newest = 'v1.0.0', ...older] = versionNames(count, random);
  return {
    service,
    versions: [
      image(newest, replaced ? 2 : 1, recipe),
      ...older.map((version) => image(version, 1, olderRecipe(service, random))),
    ],
    ...(replaced && { replaced: image(newest, 1, 'bundle') }),
  };
}

/** What an older version looks like: no fault, because a fault hides its whole repository. */
function olderRecipe({ zone, name }: Service, random: Random): RecipeName {
  // The one image in everybody's pods that was never signed: a single finding with a wide blast.
  if (name === 'log-forwarder') return 'unsigned';
  if ((sharedNames as readonly string[]).includes(name)) return 'platform-key';
  const harmless = recipesByZone[zone].filter(([recipe]) => !recipeOf(recipe).fault);
  return random.weighted(harmless);
}

/** One image of a service by its version, its build and its recipe. */
export function planImage(
  service: Service,
  what: { version: string; build: number; recipe: RecipeName; seed: number },
): PlannedImage {
  const recipe = recipeOf(what.recipe);
  const { host } = zones[service.zone];
  const { repository, zone } = service;
  const platforms = recipe.index ? ['linux/amd64', 'linux/arm64'] : ['linux/amd64'];
  const attestations = recipe.index?.attestations === true;
  const content = imageContent({ repository, platforms, attestations, ...what });
  const children = content.children.map(
    ({ manifest }): Target => ({
      host,
      repository,
      digest: manifest.digest,
      expected: recipe.index?.expected ?? recipe.expected,
    }),
  );
  return {
    host,
    repository,
    zone,
    digest: content.manifest.digest,
    expected: recipe.expected,
    version: what.version,
    build: what.build,
    recipe: what.recipe,
    platforms,
    children,
  };
}

/** Versions from the newest down: patches first, then the minor before. */
function versionNames(count: number, random: Random): string[] {
  const major = 1 + random.int(4);
  let minor = 3 + count + random.int(9);
  let patch = random.int(5);
  return Array.from({ length: count }, () => {
    const name = `v${major}.${minor}.${patch}`;
    if (patch > 0) patch -= 1;
    else {
      minor -= 1;
      patch = random.int(3);
    }
    return name;
  });
}

function tagsOf({ service, versions }: ServiceImages, index: number): PlannedRepository {
  const tags = new Map(versions.map((image) => [image.version, image]));
  const second = versions[1];
  if (second && isTagDeleted(service.zone, index)) tags.delete(second.version);
  tags.set('latest', versions[0]);
  if (service.zone === 'acme') tags.set('stable', versions[1] ?? versions[0]);
  return { host: zones[service.zone].host, repository: service.repository, tags };
}

const isTagDeleted = (zone: Zone, index: number): boolean =>
  zone === 'acme' && index % deletedEvery === 3;
