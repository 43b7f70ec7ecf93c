import type { RecipeName } from './recipes.ts';
import type { Zone } from './zones.ts';

type Weighted = readonly (readonly [RecipeName, number])[];

/**
 * What happens in each zone and how often. Every recipe listed occurs at least once, however small
 * the lab is. Zones with slow faults, which wait for their limits, have services only on demand.
 */
export const recipesByZone: Readonly<Record<Zone, Weighted>> = {
  acme: [
    ['bundle', 30],
    ['bundle-rekor-2', 14],
    ['legacy', 20],
    ['legacy-and-attested', 8],
    ['attested-in-full', 2],
    ['cosign-referrer', 1],
    ['signed-twice', 2],
    ['good-beside-poisoned', 1],
    ['index-signed', 6],
    ['index-signed-recursively', 3],
    ['index-with-attestations', 2],
    ['index-unsigned', 1],
    ['unsigned', 6],
    ['attested-only', 2],
    ['attached-sbom', 1],
    ['attached-statement', 0.5],
    ['other-workflow', 1],
    ['other-branch', 2],
    ['other-issuer', 1],
    ['unknown-root', 1],
    ['copied-bundle', 0.4],
    ['tampered-bundle', 0.4],
    ['foreign-log-entry', 0.3],
  ],
  platform: [
    ['platform-key', 20],
    ['platform-key-bundle', 8],
    ['platform-key-beside-stranger', 1],
    ['key-of-other-team', 1],
    ['tampered-payload', 0.3],
    ['stranger-key', 0.5],
    ['copied-signature', 0.4],
    ['other-claim-type', 0.2],
  ],
  data: [
    ['data-key', 12],
    ['unsigned', 1],
    ['unlogged', 1],
  ],
  edge: [
    ['edge-key', 10],
    ['signed-elsewhere', 3],
    ['broken-base64', 0.5],
  ],
  partners: [
    ['no-authority', 2],
    ['unsigned', 1],
  ],
  finance: [
    ['private-repository', 1],
    ['forbidden', 1],
    ['unauthorized', 1],
  ],
  upstream: [
    ['upstream', 6],
    ['upstream-bundle', 4],
    ['unsigned', 1],
  ],
  thirdparty: [
    ['unsigned', 6],
    ['wrong-bytes', 0.5],
  ],
  // A registry that is down or limits us does so for everything: the whole host has the fault.
  hub: [['rate-limited', 1]],
  artifacts: [['server-error', 1]],
  old: [['reset', 1]],
  slow: [['timeout', 1]],
  endless: [['endless', 1]],
  notation: [
    ['notation-jws', 1],
    ['notation-cose', 1],
    ['notation-other-identity', 1],
    ['notation-expired', 1],
    ['notation-tampered', 1],
  ],
  treasury: [
    ['private-pki', 1],
    ['private-pki-other-name', 1],
  ],
  vault: [
    ['p384-key', 1],
    ['rsa-pss-key', 1],
  ],
  classic: [
    ['content-trust', 1],
    ['content-trust-other-digest', 1],
  ],
  retired: [['content-trust-unpinned', 1]],
};
