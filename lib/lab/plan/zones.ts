/** The hosts of the lab, all under a reserved domain: none of them resolves anywhere. */
export const hosts = {
  /** Referrers API, token auth, lists repositories. */
  ghcr: 'ghcr.acme.example',
  /** No referrers API, basic auth, lists repositories, some of them closed to us. */
  registry: 'registry.acme.example',
  /** Referrers API, anonymous, lists nothing. */
  mirror: 'mirror.acme.example',
  /** Answers 429 to everything. */
  hub: 'hub.acme.example',
  /** Answers 500 to everything. */
  artifacts: 'artifacts.acme.example',
  /** Drops every connection. */
  old: 'old.acme.example',
  /** Never answers; only where slow faults are planned. */
  slow: 'slow.acme.example',
} as const;
export type RegistryHost = (typeof hosts)[keyof typeof hosts];

/** A part of a registry that is signed in one way and covered by one authority (or by none). */
export const zones = {
  acme: { host: hosts.ghcr, prefix: '' },
  platform: { host: hosts.registry, prefix: 'platform/' },
  data: { host: hosts.registry, prefix: 'data/' },
  edge: { host: hosts.registry, prefix: 'edge/' },
  treasury: { host: hosts.registry, prefix: 'treasury/' },
  vault: { host: hosts.registry, prefix: 'vault/' },
  partners: { host: hosts.registry, prefix: 'partners/' },
  finance: { host: hosts.registry, prefix: 'finance/' },
  upstream: { host: hosts.mirror, prefix: 'upstream/' },
  thirdparty: { host: hosts.mirror, prefix: 'thirdparty/' },
  endless: { host: hosts.mirror, prefix: 'endless/' },
  notation: { host: hosts.mirror, prefix: 'vendor/' },
  /** Signed with Docker Content Trust, under root keys that the configuration pins. */
  classic: { host: hosts.mirror, prefix: 'classic/' },
  /** The same, and no key is pinned. */
  retired: { host: hosts.mirror, prefix: 'retired/' },
  hub: { host: hosts.hub, prefix: 'library/' },
  artifacts: { host: hosts.artifacts, prefix: 'tools/' },
  old: { host: hosts.old, prefix: 'legacy/' },
  slow: { host: hosts.slow, prefix: 'batch/' },
} as const satisfies Record<string, { host: RegistryHost; prefix: string }>;
export type Zone = keyof typeof zones;

/**
 * Zones that show one image of each further kind: one version of each, in the first cluster alone,
 * however large the lab is.
 */
export const specimenZones: ReadonlySet<Zone> = new Set<Zone>([
  'notation',
  'classic',
  'retired',
  'treasury',
  'vault',
]);

/** Images of which a trust server is asked, with pinned root keys and without. */
export const contentTrustImages = {
  classic: `${hosts.mirror}/classic/**`,
  retired: `${hosts.mirror}/retired/**`,
} as const;

/** A repository that holds the signatures of other ones, and of which. */
export const signatureRepository = {
  host: hosts.registry,
  repository: 'security/signatures',
  images: `${hosts.registry}/edge/**`,
} as const;

/** Which images each authority of the lab covers; the zones that are not named have none. */
export const authorityImages = {
  'acme-release': [`${hosts.ghcr}/**`],
  'platform-key': [`${hosts.registry}/platform/**`],
  'data-key': [`${hosts.registry}/data/**`],
  'edge-key': [`${hosts.registry}/edge/**`],
  'upstream-projects': [`${hosts.mirror}/upstream/**`],
  'treasury-pki': [`${hosts.registry}/treasury/**`],
  'vault-keys': [`${hosts.registry}/vault/**`],
  'vendor-notation': [`${hosts.mirror}/vendor/**`],
} as const;
