/** A cluster as a kubeconfig names it. */
interface Entry {
  readonly name: string;
  readonly url: string;
  readonly token: string;
}

/** A kubeconfig with one context for each cluster; the first is the current one. */
export const kubeconfigOf = (clusters: readonly Entry[]): string =>
  `${[
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${clusters[0]?.name ?? '""'}`,
    'clusters:',
    ...clusters.map(
      ({ name, url }) => `  - { name: ${name}, cluster: { server: ${JSON.stringify(url)} } }`,
    ),
    'users:',
    ...clusters.map(
      ({ name, token }) => `  - { name: ${name}, user: { token: ${JSON.stringify(token)} } }`,
    ),
    'contexts:',
    ...clusters.map(
      ({ name }) => `  - { name: ${name}, context: { cluster: ${name}, user: ${name} } }`,
    ),
  ].join('\n')}\n`;
