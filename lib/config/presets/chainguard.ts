import { z } from 'zod';
import { definePreset } from './preset.ts';

const verifying =
  'https://edu.chainguard.dev/chainguard/containers/security-and-compliance/verifying-chainguard-images-and-metadata-signatures-with-cosign/';
const bundles =
  'https://edu.chainguard.dev/chainguard/containers/security-and-compliance/migrating-to-sigstore-bundles/';

/** A unique identifier path of Chainguard: the organisation, and the identity below it. */
const identityPath = z.string().regex(/^[0-9a-f]+(\/[0-9a-f]+)+$/, {
  message: 'must be a UIDP as chainctl prints it: hexadecimal parts with slashes between',
});

/** The free images of `cgr.dev/chainguard`, signed by the workflow of a public repository. */
export const chainguardImages = definePreset({
  name: 'chainguard-images',
  title: 'Free images of Chainguard',
  documents: [verifying, bundles],
  readOn: '2026-11-21',
  parameters: {},
  expand: () => ({
    images: ['cgr.dev/chainguard/**'],
    keyless: {
      identities: [
        {
          issuer: 'https://token.actions.githubusercontent.com',
          subject:
            'https://github.com/chainguard-images/images/.github/workflows/release.yaml@refs/heads/main',
        },
      ],
    },
  }),
});

/** The images of an organisation's own registry at Chainguard, signed by two identities in it. */
export const chainguardPrivateImages = definePreset({
  name: 'chainguard-private-images',
  title: 'Images of your organisation at Chainguard',
  documents: [verifying, bundles],
  readOn: '2026-11-21',
  parameters: {
    organisation: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/, {
        message: 'must be the name below cgr.dev, in lower case',
      })
      .describe('name of the organisation below `cgr.dev`'),
    imageSyncer: identityPath.describe(
      'UIDP of the identity `image-syncer` (`CATALOG_SYNCER` in `chainctl iam account-associations describe`)',
    ),
    customImageBuilder: identityPath
      .optional()
      .describe('UIDP of the identity `custom-image-builder` (`APKO_BUILDER`)'),
  },
  expand: ({ organisation, imageSyncer, customImageBuilder }) => ({
    images: [`cgr.dev/${organisation}/**`],
    keyless: {
      identities: [imageSyncer, customImageBuilder ?? []].flat().map((path) => ({
        issuer: 'https://issuer.enforce.dev',
        subject: `https://issuer.enforce.dev/${path}`,
      })),
    },
  }),
});
