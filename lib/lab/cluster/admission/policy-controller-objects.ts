import type { KubernetesObject } from '#lib/lab/kubernetes/kubernetes-object.ts';
import type { PlannedEngine, PlannedPolicy } from '#lib/lab/plan/planned-admission.ts';
import { githubIssuer } from '#lib/lab/signing/identity.ts';
import { type AdmissionMaterial, keyOf, metadataOf } from './admission-object.ts';

const trustRoot = 'acme-sigstore';
const releaseWorkflow =
  '^https://github\\.com/acme/[^/]+/\\.github/workflows/release\\.yml@refs/heads/main$';

/** A ClusterImagePolicy of Sigstore's policy-controller. */
export function clusterImagePolicy(
  cluster: string,
  policy: PlannedPolicy,
  material: AdmissionMaterial,
): KubernetesObject {
  return {
    metadata: metadataOf(cluster, 'ClusterImagePolicy.policy.sigstore.dev', policy),
    spec: {
      mode: policy.mode === 'warn' ? 'warn' : 'enforce',
      images: policy.prefixes.map((prefix) => ({ glob: `${prefix}**` })),
      authorities: [authorityOf(policy, material)],
    },
    status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function authorityOf(policy: PlannedPolicy, material: AdmissionMaterial) {
  const { demand } = policy;
  if (demand.kind === 'static-pass') return { name: 'pass', static: { action: 'pass' } };
  const key = keyOf(policy, material);
  if (key !== undefined) return { name: 'key', key: { data: key, hashAlgorithm: 'sha256' } };
  return {
    name: 'release',
    keyless: {
      url: 'https://fulcio.acme.example',
      trustRootRef: trustRoot,
      identities: [{ issuer: githubIssuer, subjectRegExp: releaseWorkflow }],
    },
    ctlog: { url: 'https://rekor.acme.example', trustRootRef: trustRoot },
    ...(demand.kind === 'provenance' && {
      signatureFormat: 'bundle',
      attestations: [{ name: 'provenance', predicateType: 'https://slsa.dev/provenance/v1' }],
    }),
  };
}

interface Certificates {
  readonly certificates: readonly { readonly rawBytes: string }[];
}
interface Log {
  readonly baseUrl: string;
  readonly publicKey: { readonly rawBytes: string };
}
interface Authority {
  readonly subject: { readonly organization: string; readonly commonName: string };
  readonly uri: string;
  readonly certChain: Certificates;
}
interface TrustedRoot {
  readonly tlogs: readonly Log[];
  readonly ctlogs: readonly Log[];
  readonly certificateAuthorities: readonly Authority[];
  readonly timestampAuthorities: readonly Authority[];
}

/** The TrustRoot object of the lab's private Sigstore: PEM in base64, as the API writes bytes. */
export function trustRootObject(cluster: string, material: AdmissionMaterial): KubernetesObject {
  const root = JSON.parse(material.trustedRoot) as TrustedRoot;
  const logOf = ({ baseUrl, publicKey }: Log) => ({
    baseURL: baseUrl,
    hashAlgorithm: 'sha-256',
    publicKey: base64(pemOf('PUBLIC KEY', publicKey.rawBytes)),
  });
  const authority = ({ subject, uri, certChain }: Authority) => ({
    subject,
    uri,
    certChain: base64(
      certChain.certificates.map(({ rawBytes }) => pemOf('CERTIFICATE', rawBytes)).join(''),
    ),
  });
  return {
    metadata: metadataOf(cluster, 'TrustRoot', { name: trustRoot }),
    spec: {
      sigstoreKeys: {
        certificateAuthorities: root.certificateAuthorities.map(authority),
        tLogs: root.tlogs.map(logOf),
        ctLogs: root.ctlogs.map(logOf),
        timestampAuthorities: root.timestampAuthorities.map(authority),
      },
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pemOf = (label: string, der: string): string =>
  `-----BEGIN ${label}-----\n${der.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

/** The ConfigMap `config-policy-controller`. Version 0.15 takes the setting for OCI 1.1. */
export const policyControllerConfigMap = (
  cluster: string,
  { noMatch = 'deny', version = '' }: PlannedEngine,
): KubernetesObject => ({
  metadata: metadataOf(cluster, 'ConfigMap', {
    namespace: 'cosign-system',
    name: 'config-policy-controller',
  }),
  data: {
    'no-match-policy': noMatch,
    'fail-on-empty-authorities': 'true',
    ...(version.startsWith('v0.15') && { 'enable-oci11': 'true' }),
  },
});
