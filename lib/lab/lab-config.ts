import type { LabPlan } from './plan/plan.ts';
import { engineProjects } from './plan/plan-engines.ts';
import {
  authorityImages,
  contentTrustImages,
  type RegistryHost,
  signatureRepository,
} from './plan/zones.ts';
import { labUser, needsLogin } from './registries.ts';
import { githubIssuer } from './signing/identity.ts';
import { notationSubjects } from './signing/notation-signers.ts';
import { pkiIdentities } from './signing/signers.ts';

/** Files beside the configuration, by the names that it refers to. */
export const labFiles = {
  config: 'sealwatch.yaml',
  kubeconfig: 'kubeconfig',
  trustedRoot: 'trusted_root.json',
  notationRoot: 'vendor-notation-ca.pem',
  pkiRoot: 'treasury-ca.pem',
  timestampChain: 'timestamp-authority.pem',
  password: 'registry-password',
  keys: {
    'platform-key': 'platform-cosign.pub',
    'data-key': 'data-cosign.pub',
    'edge-key': 'edge-cosign.pub',
    'p384-key': 'vault-p384.pub',
    'pss-key': 'vault-rsa-pss.pub',
  },
} as const;

/** A YAML scalar in single quotes: nothing in it is an escape. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

/** Where what the plan names is served on loopback, and what is pinned there. */
export interface LabEndpoints {
  readonly endpoints: ReadonlyMap<RegistryHost, string>;
  readonly contentTrust: { readonly server: string; readonly rootKeys: readonly string[] };
}

/** The configuration with which Sealwatch sees the lab; every path is relative to the file. */
export function labConfig(plan: LabPlan, { endpoints, contentTrust }: LabEndpoints): string {
  return [
    lines(
      '# Written by "sealwatch lab". Hosts under acme.example are invented; they are reached on loopback.',
      `notice: ${quoted('You are looking at the lab. It runs on this machine and everything in it is invented.')}`,
      '',
    ),
    lines(
      'clusters:',
      ...plan.clusters.map(
        (name) => `  - { name: ${name}, kubeconfig: ./${labFiles.kubeconfig}, context: ${name} }`,
      ),
      '',
    ),
    lines('registries:', ...[...endpoints].flatMap(([host, url]) => registry(plan, host, url)), ''),
    authorities,
    contentTrustEntries(contentTrust),
    lines(
      'signatureRepositories:',
      `  - { images: [${quoted(signatureRepository.images)}], repository: ${signatureRepository.host}/${signatureRepository.repository} }`,
      '',
      'trustRoots:',
      `  - { name: lab, file: ./${labFiles.trustedRoot} }`,
      `  - { name: treasury, certificates: { roots: ./${labFiles.pkiRoot}, timestampAuthorities: ./${labFiles.timestampChain} } }`,
      '',
      'teamLabels: [team, app.kubernetes.io/part-of]',
    ),
  ].join('');
}

function registry(plan: LabPlan, host: RegistryHost, url: string): string[] {
  const declared = plan.declared.filter((rule) => rule.host === host);
  return [
    `  - host: ${host}`,
    `    endpoint: ${url}`,
    ...(needsLogin(host)
      ? [`    credentials: { username: ${labUser}, passwordFile: ./${labFiles.password} }`]
      : []),
    ...(declared.length > 0 ? ['    repositories:'] : []),
    ...declared.map(
      ({ pattern, tags, releases, newest }) =>
        `      - { repository: ${quoted(pattern)}, tags: ${quoted(tags)}, releases: ${quoted(releases)}, newest: ${newest} }`,
    ),
  ];
}

function contentTrustEntries({ server, rootKeys }: LabEndpoints['contentTrust']): string {
  const entry = (name: keyof typeof contentTrustImages) => [
    `  - name: ${name}`,
    `    images: [${quoted(contentTrustImages[name])}]`,
    `    server: ${server}`,
    '    insecure: true',
  ];
  return lines(
    'contentTrust:',
    ...entry('classic'),
    '    rootKeys:',
    ...[...rootKeys].sort().map((id) => `      - { id: ${id} }`),
    ...entry('retired'),
    '',
  );
}

const images = (name: keyof typeof authorityImages): string =>
  `    images: [${authorityImages[name].map(quoted).join(', ')}]`;

const acmeWorkflow =
  'https://github\\.com/acme/[^/]+/\\.github/workflows/release\\.yml@refs/heads/main';
const upstreamProjects = [
  'coredns',
  'prometheus',
  'collector',
  'dashboards',
  'metrics-server',
  'etcd',
  'kube-apiserver',
  ...engineProjects,
];
const upstreamWorkflow = `https://github\\.com/(${upstreamProjects.join('|')})/[^/]+/\\.github/workflows/release\\.yml@refs/tags/v[0-9.]+`;

const authorities = lines(
  'authorities:',
  '  - name: acme-release',
  images('acme-release'),
  '    keyless:',
  '      trustRoot: lab',
  '      identities:',
  `        - issuer: ${githubIssuer}`,
  `          subjectPattern: ${quoted(acmeWorkflow)}`,
  '  - name: upstream-projects',
  images('upstream-projects'),
  '    keyless:',
  '      trustRoot: lab',
  '      identities:',
  `        - issuer: ${githubIssuer}`,
  `          subjectPattern: ${quoted(upstreamWorkflow)}`,
  '  - name: platform-key',
  images('platform-key'),
  `    key: { file: ./${labFiles.keys['platform-key']} }`,
  '    tlog: ignored',
  '  - name: data-key',
  images('data-key'),
  `    key: { file: ./${labFiles.keys['data-key']} }`,
  '    tlog: required',
  '    trustRoot: lab',
  '  - name: edge-key',
  images('edge-key'),
  `    key: { file: ./${labFiles.keys['edge-key']} }`,
  '    tlog: ignored',
  '  - name: treasury-pki',
  images('treasury-pki'),
  '    keyless:',
  '      trustRoot: treasury',
  '      sct: ignored',
  '      identities:',
  '        - issuer: none',
  `          subject: ${pkiIdentities['treasury-release']}`,
  '    tlog: ignored',
  '  - name: vault-keys',
  images('vault-keys'),
  '    key:',
  `      - { file: ./${labFiles.keys['p384-key']} }`,
  `      - { file: ./${labFiles.keys['pss-key']} }`,
  '    tlog: ignored',
  '  - name: vendor-notation',
  images('vendor-notation'),
  '    notation:',
  '      level: strict',
  `      trustStores: { ca: [./${labFiles.notationRoot}] }`,
  `      trustedIdentities: [${quoted(`x509.subject: ${notationSubjects['vendor-release']}`)}]`,
  '',
);
