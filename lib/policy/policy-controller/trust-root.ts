import { z } from 'zod';
import type { DocumentProblem } from '#lib/model/policy.ts';
import { readObject } from '#lib/policy/object.ts';
import type { PolicyReader } from '#lib/policy/policy-object.ts';

const Log = z.looseObject({
  baseURL: z.string().default(''),
  hashAlgorithm: z.string().default(''),
  publicKey: z.string().default(''),
});
const CertificateAuthority = z.looseObject({
  subject: z
    .looseObject({ organization: z.string().default(''), commonName: z.string().default('') })
    .default({ organization: '', commonName: '' }),
  uri: z.string().default(''),
  certChain: z.string().default(''),
});

const Body = z.looseObject({
  spec: z.looseObject({
    remote: z
      .looseObject({
        root: z.string().optional(),
        mirror: z.string().default(''),
        targets: z.string().optional(),
        trustedRootTarget: z.string().optional(),
      })
      .optional(),
    repository: z
      .looseObject({
        root: z.string().optional(),
        mirrorFS: z.string().default(''),
        targets: z.string().optional(),
        trustedRootTarget: z.string().optional(),
      })
      .optional(),
    sigstoreKeys: z
      .looseObject({
        certificateAuthorities: z.array(CertificateAuthority).default([]),
        tLogs: z.array(Log).default([]),
        ctLogs: z.array(Log).default([]),
        timestampAuthorities: z.array(CertificateAuthority).default([]),
      })
      .optional(),
  }),
});
type Spec = z.infer<typeof Body>['spec'];

/** A TrustRoot: a TUF mirror, a TUF repository in the object itself, or keys and certificates. */
export type TrustRootContent =
  | {
      readonly type: 'trust-root';
      readonly from: 'remote';
      readonly remote: NonNullable<Spec['remote']>;
    }
  | {
      readonly type: 'trust-root';
      readonly from: 'repository';
      readonly repository: NonNullable<Spec['repository']>;
    }
  | {
      readonly type: 'trust-root';
      readonly from: 'sigstoreKeys';
      readonly sigstoreKeys: NonNullable<Spec['sigstoreKeys']>;
    };

const kinds = {
  group: 'policy.sigstore.dev',
  kinds: ['TrustRoot'],
  versions: ['v1alpha1'],
} as const;

/** Reads a TrustRoot; its TUF data is not opened here. */
export const trustRootReader: PolicyReader<TrustRootContent> = {
  ...kinds,
  read: (cluster, document) => {
    const read = readObject(cluster, document, kinds, Body);
    if (read.kind === 'refused') return read;
    const { head, body } = read.value;
    const problems: DocumentProblem[] = [];
    const content = contentOf(body.spec, problems);
    if (content === undefined || problems.length > 0) return { kind: 'refused', problems };
    return { kind: 'read', value: { head, content }, ignored: read.ignored };
  },
};

function contentOf(spec: Spec, problems: DocumentProblem[]): TrustRootContent | undefined {
  const { remote, repository, sigstoreKeys } = spec;
  const missing = (path: string, value: string | undefined) => {
    if (!value) problems.push({ path, message: `${path} is missing` });
  };
  const given = [remote, repository, sigstoreKeys].filter((one) => one !== undefined).length;
  if (given !== 1) {
    const has = given === 0 ? 'none' : 'several';
    const message = `spec must have one of spec.remote, spec.repository, spec.sigstoreKeys, and has ${has}`;
    problems.push({ path: 'spec', message });
    return undefined;
  }
  if (remote) {
    missing('spec.remote.root', remote.root);
    missing('spec.remote.mirror', remote.mirror);
    return { type: 'trust-root', from: 'remote', remote };
  }
  if (repository) {
    missing('spec.repository.root', repository.root);
    missing('spec.repository.mirrorFS', repository.mirrorFS);
    return { type: 'trust-root', from: 'repository', repository };
  }
  if (sigstoreKeys === undefined) return undefined;
  tellKeys(sigstoreKeys, missing, problems);
  return { type: 'trust-root', from: 'sigstoreKeys', sigstoreKeys };
}

function tellKeys(
  keys: NonNullable<Spec['sigstoreKeys']>,
  missing: (path: string, value: string) => void,
  problems: DocumentProblem[],
): void {
  const at = 'spec.sigstoreKeys';
  if (keys.certificateAuthorities.length + keys.timestampAuthorities.length === 0)
    problems.push({
      path: at,
      message: `${at} must have ${at}.certificateAuthorities or ${at}.timestampAuthorities, and has none`,
    });
  for (const name of ['certificateAuthorities', 'timestampAuthorities'] as const)
    for (const [index, { subject, uri, certChain }] of keys[name].entries()) {
      missing(`${at}.${name}[${index}].subject.organization`, subject.organization);
      missing(`${at}.${name}[${index}].subject.commonName`, subject.commonName);
      missing(`${at}.${name}[${index}].uri`, uri);
      missing(`${at}.${name}[${index}].certChain`, certChain);
    }
  for (const name of ['tLogs', 'ctLogs'] as const)
    for (const [index, { baseURL, hashAlgorithm, publicKey }] of keys[name].entries()) {
      missing(`${at}.${name}[${index}].baseURL`, baseURL);
      missing(`${at}.${name}[${index}].hashAlgorithm`, hashAlgorithm);
      missing(`${at}.${name}[${index}].publicKey`, publicKey);
    }
}
