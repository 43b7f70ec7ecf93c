import { definePreset } from './preset.ts';

/** Version 2 of Docker's key, the one in force; version 1 is called inactive there. */
const dockerHardenedKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKdROmntRJFBrOJOQF5ww6gDBJqGm
Fxa4333s1KsL9ISjtmRzGNih9lNRsqfRVjgFgJIdL6EQ9dohdanvn7r2cg==
-----END PUBLIC KEY-----
`;

/** Docker signs with a key, and leaves the log out where an entry would tell about customers. */
export const dockerHardenedImages = definePreset({
  name: 'docker-hardened-images',
  title: 'Docker Hardened Images',
  documents: [
    'https://github.com/docker-hardened-images/keyring',
    'https://docs.docker.com/dhi/how-to/verify/',
  ],
  readOn: '2026-11-21',
  parameters: {},
  expand: () => ({
    images: ['dhi.io/**'],
    key: { data: dockerHardenedKey },
    tlog: 'ignored',
  }),
});

/** Google's distroless images. */
export const distroless = definePreset({
  name: 'distroless',
  title: 'Distroless images of Google',
  documents: ['https://github.com/GoogleContainerTools/distroless/blob/main/README.md'],
  readOn: '2026-11-21',
  parameters: {},
  expand: () => ({
    images: ['gcr.io/distroless/**'],
    keyless: {
      identities: [
        {
          issuer: 'https://accounts.google.com',
          subject: 'keyless@distroless.iam.gserviceaccount.com',
        },
      ],
    },
  }),
});

/** Images that the Kubernetes project promoted to its registry. */
export const kubernetesReleases = definePreset({
  name: 'kubernetes-releases',
  title: 'Images of Kubernetes releases',
  documents: ['https://kubernetes.io/docs/tasks/administer-cluster/verify-signed-artifacts/'],
  readOn: '2026-11-21',
  unconfirmed: [
    'That every repository of registry.k8s.io is signed by this account: the document speaks of the images of Kubernetes releases.',
  ],
  parameters: {},
  expand: () => ({
    images: ['registry.k8s.io/**'],
    keyless: {
      identities: [
        {
          issuer: 'https://accounts.google.com',
          subject: 'krel-trust@k8s-releng-prod.iam.gserviceaccount.com',
        },
      ],
    },
  }),
});
