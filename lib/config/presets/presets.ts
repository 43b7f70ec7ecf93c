import { chainguardImages, chainguardPrivateImages } from './chainguard.ts';
import { githubActions, gitlabCi } from './pipelines.ts';
import type { Preset } from './preset.ts';
import { distroless, dockerHardenedImages, kubernetesReleases } from './publishers.ts';

/** Every preset, in the order in which documentation lists them. */
export const presets: readonly Preset[] = [
  chainguardImages,
  chainguardPrivateImages,
  dockerHardenedImages,
  distroless,
  kubernetesReleases,
  githubActions,
  gitlabCi,
];
