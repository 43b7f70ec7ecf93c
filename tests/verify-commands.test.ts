import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageConfiguration, imageOptions, referencesOf } from '#lib/cli/image-options.ts';
import { openVerification } from '#lib/cli/verification.ts';
import { readEnvironment } from '#lib/config/environment.ts';
import { attachBundles, attachLayers } from '#lib/lab/content/attach.ts';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import {
  attestationLayer,
  type CosignLayer,
  type CosignSigner,
  signatureLayer,
  simpleSigningPayload,
} from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { predicateTypes, slsaProvenance, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Digest } from '#lib/model/digest.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import { pushImage } from './builders/registry.ts';
import { aCertificateAuthority } from './builders/signing-pki.ts';
import {
  aSigningWorld,
  certifying,
  type SigningWorld,
  testIdentity,
} from './builders/signing-world.ts';

const main = path.resolve(import.meta.dirname, '../lib/cli/main.ts');
const client = path.resolve(import.meta.dirname, 'conformance/sigstore-client');

let dir: string;
let lab: LabRegistry;
let world: SigningWorld;
const key = generateKeyPair();
const byKey: CosignSigner = { kind: 'key', key, tlog: false };

const file = (name: string) => path.join(dir, name);

/** Runs a program with nothing of the user's own around it. The registry lives in this process. */
const runProgram = (program: string, parameters: readonly string[]) =>
  new Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }>(
    (resolve) => {
      const child = execFile(
        process.execPath,
        [program, ...parameters],
        {
          cwd: dir,
          env: {
            NODE_ENV: 'test',
            PATH: process.env['PATH'] ?? '',
            HOME: dir,
            SEALWATCH_DATA_DIR: file('data'),
            SEALWATCH_CONFIG: file('sealwatch.yaml'),
          },
        },
        (_, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
      );
    },
  );
const sealwatch = (...parameters: readonly string[]) => runProgram(main, parameters);

/** What `sealwatch verify` does with these options, in this process. */
async function verify(text: string, ...args: readonly string[]): Promise<ImageVerdict> {
  const { values } = parseArgs({ args: args.map(absolute), options: imageOptions });
  const references = referencesOf([text]);
  const [reference] = references;
  const environment = { ...readEnvironment(), configPath: file('sealwatch.yaml'), workers: 1 };
  const configuration = imageConfiguration(values, environment, references);
  const verification = await openVerification(configuration, environment, () => undefined);
  try {
    return (await verification.look(reference!, text)).verdict;
  } finally {
    await verification.close();
  }
}

const nameOf = ({ registry, repository }: Subject) => `${registry}/${repository}`;
const claimOf = (subject: Subject) => ({ name: nameOf(subject), digest: subject.digest });
const descriptorOf = ({ digest }: Subject) => ({
  mediaType: mediaTypes.ociManifest,
  digest,
  size: 1,
});
const attach = (subject: Subject, suffix: '.sig' | '.att', ...layers: readonly CosignLayer[]) =>
  attachLayers(lab, subject.repository, descriptorOf(subject), suffix, layers);
const signed = async (
  subject: Subject,
  by: CosignSigner = byKey,
  annotations: Readonly<Record<string, string>> = {},
  services = world.sigstore,
) => signatureLayer(services, simpleSigningPayload(claimOf(subject), { annotations }), by);
const reference = (subject: Subject) => `${nameOf(subject)}@${subject.digest}`;
const withKey = ['--key', 'cosign.pub', '--insecure-ignore-tlog'];
/** Options are written for the folder of the test. */
const absolute = (word: string) => (/\.(pem|pub|json)$/.test(word) ? file(word) : word);
const identity = () => [
  ...['--certificate-identity', world.identity.subject],
  ...['--certificate-oidc-issuer', world.identity.issuer],
];

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-verify-'));
  lab = await startLabRegistry({ name: 'registry.example', referrersApi: true, auth: 'none' });
  world = await aSigningWorld();
  await writeFile(file('cosign.pub'), key.publicPem);
  await writeFile(file('root.json'), world.root.json);
  await writeFile(
    file('sealwatch.yaml'),
    `registries:\n  - { host: registry.example, endpoint: '${lab.url}', insecure: true }\n`,
  );
});
afterAll(async () => {
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

describe('sealwatch verify', () => {
  it('believes a certificate under a trusted root, with the workflow that it names', async () => {
    const image = pushImage(lab, 'team/keyless');
    const by = { kind: 'keyless', identity: world.identity, root: 'trusted' } as const;
    attach(image, '.sig', await signed(image, by));
    const root = ['--trusted-root', 'root.json'];
    const workflow = (name: string) => ['--certificate-github-workflow-repository', name];
    const at = (repository: string) =>
      verify(reference(image), ...root, ...identity(), ...workflow(repository));

    expect(await at('acme/app')).toMatchObject({ status: 'verified' });
    expect(await at('acme/other')).toMatchObject({ reason: 'identity-mismatch' });
  });

  it('asks for signed annotations', async () => {
    const image = pushImage(lab, 'team/annotated');
    attach(image, '.sig', await signed(image, byKey, { env: 'prod' }));
    const asking = (...annotations: readonly string[]) =>
      verify(reference(image), ...withKey, ...annotations);
    expect(await asking('-a', 'env=prod')).toMatchObject({ status: 'verified' });
    expect(await asking('--annotations', 'env=test')).toMatchObject({
      status: 'untrusted',
      reason: 'annotation-mismatch',
    });
  });

  it('believes a private authority by its certificates, with public logs or none', async () => {
    const authority = await aCertificateAuthority({ name: 'corp root' });
    const below = await authority.intermediate();
    const certified = await below.issue({
      subject: testIdentity.subject,
      issuer: testIdentity.issuer,
    });
    const pem = (der: Buffer) =>
      `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
    const chain = below.chain.map(pem);
    await writeFile(file('intermediates.pem'), chain.slice(0, -1).join(''));
    await writeFile(file('roots.pem'), chain.slice(-1).join(''));
    await writeFile(file('chain.pem'), chain.join(''));
    await writeFile(file('other.pem'), (await aCertificateAuthority()).chain.map(pem).join(''));

    const image = pushImage(lab, 'team/private');
    const by = { kind: 'keyless', identity: testIdentity, root: 'trusted' } as const;
    const layer = await signed(image, by, {}, certifying(world.sigstore, certified));
    attach(image, '.sig', layer);
    const under = async (...roots: readonly string[]) => {
      const { status } = await verify(
        reference(image),
        ...['--certificate-identity', testIdentity.subject],
        ...['--certificate-oidc-issuer', testIdentity.issuer],
        ...['--private-infrastructure', '--insecure-ignore-sct'],
        ...roots,
      );
      return status;
    };
    const both = ['--ca-roots', 'roots.pem', '--ca-intermediates', 'intermediates.pem'];
    expect(await under(...both)).toBe('verified');
    expect(await under('--certificate-chain', 'chain.pem')).toBe('verified');
    expect(await under('--ca-roots', 'other.pem')).toBe('untrusted');
  });

  it('looks for an unsigned platform image in the index behind its tag', async () => {
    const child = pushImage(lab, 'team/multi', 'amd64');
    const index = pushIndex('team/multi', 'v1', [child.digest]);
    attach(index, '.sig', await signed(index));
    const tagged = (digest: Digest) =>
      verify(`registry.example/team/multi:v1@${digest}`, ...withKey);
    expect(await tagged(index.digest)).toMatchObject({ status: 'verified' });
    expect(await tagged(child.digest)).toMatchObject({
      status: 'unsigned',
      inheritedFrom: { index: index.digest, platform: 'linux/amd64', authority: 'command line' },
    });
    // N15: another image of the repository that the index does not list.
    const stranger = pushImage(lab, 'team/multi', 'stranger');
    expect(await tagged(stranger.digest)).not.toHaveProperty('inheritedFrom');
  });

  it.each([
    ['half an identity', ['--certificate-identity', 'x'], /go together/],
    ['a workflow without identity', ['--certificate-github-workflow-ref', 'x'], /go together/],
    ['an annotation that is none', [...withKey, '-a', 'env'], /not NAME=VALUE/],
    ['another hash', [...withKey, '--signature-digest-algorithm', 'md5'], /sha256, sha384/],
    ['two kinds of roots', ['--trusted-root', 'x', '--ca-roots', 'y'], /excludes other/],
    ['intermediates alone', ['--ca-intermediates', 'x'], /needs --ca-roots/],
    ['two layouts of a chain', ['--certificate-chain', 'x', '--ca-roots', 'y'], /excludes/],
  ])('calls %s wrong use', async (_, options, message) => {
    await expect(verify('registry.example/a/b', ...options)).rejects.toThrow(message);
  });
});

function pushIndex(repository: string, tag: string, children: readonly Digest[]): Subject {
  const manifests = children.map((digest) => ({
    mediaType: mediaTypes.ociManifest,
    digest,
    size: 1,
    platform: { os: 'linux', architecture: 'amd64' },
  }));
  const json = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
  const bytes = Buffer.from(JSON.stringify(json));
  const digest = lab.putManifest(repository, tag, mediaTypes.ociIndex, bytes);
  return { registry: 'registry.example', repository, digest };
}

describe('sealwatch verify-attestation', () => {
  it('N06: counts only the type that was asked for, by what was signed', async () => {
    const image = pushImage(lab, 'team/attested');
    const { slsaProvenance: type } = predicateTypes;
    const body = slsaProvenance('https://github.com/acme/app', 'release.yml');
    const statement = statementAbout(claimOf(image), type, body);
    attach(
      image,
      '.att',
      await attestationLayer(world.sigstore, statement, 'https://spdx.dev/Document', byKey),
    );
    const ask = (type: string) =>
      sealwatch('verify-attestation', reference(image), '--type', type, ...withKey);
    const good = await ask('slsaprovenance1');
    expect([good.status, good.stdout]).toEqual([
      0,
      expect.stringContaining('https://github.com/acme/app'),
    ]);
    expect((await ask('spdx')).status).toBe(1);
    expect((await ask('nonsense')).status).toBe(2);
  });

  it('is no signature, and a signature is no attestation', async () => {
    const image = pushImage(lab, 'team/both');
    const { cosignSign } = predicateTypes;
    const bundle = await signBundle(
      world.sigstore,
      statementAbout(claimOf(image), cosignSign, {}),
      cosignSign,
      byKey,
      'none',
    );
    attachBundles(lab, image.repository, descriptorOf(image), [bundle], true);
    expect(await verify(reference(image), ...withKey)).toMatchObject({ status: 'verified' });
    const asked = await sealwatch(
      'verify-attestation',
      reference(image),
      '--type',
      cosignSign,
      ...withKey,
    );
    expect(asked.status).toBe(1);
  });
});

describe('sealwatch verify-receipt', () => {
  it('finds the verdict again when the registry is gone, and only as pinned', async () => {
    const away = await startLabRegistry({ name: 'away.example', referrersApi: true, auth: 'none' });
    const image = { ...pushImage(away, 'team/app'), registry: 'away.example' };
    attachLayers(away, image.repository, descriptorOf(image), '.sig', [await signed(image)]);
    const pub = JSON.stringify(key.publicPem);
    await writeFile(
      file('away.yaml'),
      [
        `registries: [{ host: away.example, endpoint: '${away.url}', insecure: true }]`,
        `authorities:`,
        `  - { name: mine, images: ['**'], key: { data: ${pub} }, tlog: ignored }`,
        `  - { name: other, images: ['x/**'], key: { data: ${JSON.stringify(generateKeyPair().publicPem)} }, tlog: ignored }`,
      ].join('\n'),
    );
    const config = ['--config', 'away.yaml'];
    const made = await sealwatch(
      'verify',
      reference(image),
      ...config,
      '--receipt',
      'receipt.json',
    );
    await away.close();
    expect(made.status).toBe(0);

    const found = await sealwatch('verify-receipt', 'receipt.json');
    expect(found.status).toBe(0);
    expect(found.stdout).toMatch(/verified as recorded/);
    expect(found.stdout).toMatch(/authority mine sha256:/);
    const under = (name: string) =>
      sealwatch('verify-receipt', 'receipt.json', '--authority', name, ...config);
    expect((await under('mine')).status).toBe(0);
    expect((await under('other')).status).toBe(1);
    expect((await under('nobody')).status).toBe(2);
    const pinned = await sealwatch('verify-receipt', 'receipt.json', '--trusted-root', 'root.json');
    expect(pinned.status).toBe(1);

    const text = await readFile(file('receipt.json'), 'utf8');
    await writeFile(
      file('forged.json'),
      text.replace('"status":"verified"', '"status":"verifiedX"'),
    );
    const forged = await sealwatch('verify-receipt', 'forged.json');
    expect([forged.status, forged.stdout]).toEqual([1, expect.stringContaining('refused')]);
  });

  it('tells a recorded verdict that is not "verified" from one that does not follow', async () => {
    const image = pushImage(lab, 'team/unsigned');
    await sealwatch('verify', reference(image), ...withKey, '--receipt', 'unsigned.json');
    const { status, stdout } = await sealwatch('verify-receipt', 'unsigned.json');
    expect(status).toBe(1);
    expect(stdout).toMatch(/unsigned as recorded/);
  });
});

describe('the client of sigstore-conformance', () => {
  const ask = (...parameters: readonly string[]) => runProgram(client, parameters);

  it('verifies bundles of certificates and of managed keys, for files and digests', async () => {
    await writeFile(file('bundle.json'), (await world.bundle()).bytes);
    const byLoggedKey = { kind: 'key', key, tlog: true } as const;
    await writeFile(file('key-bundle.json'), (await world.bundle('rekor-1', byLoggedKey)).bytes);
    const root = ['--trusted-root', 'root.json'];
    const { digest } = world.image;
    const keyless = (subject: string) =>
      ask('verify-bundle', '--bundle', 'bundle.json', ...identity(), ...root, subject);
    expect((await keyless(digest)).status).toBe(0);
    expect((await keyless('root.json')).status).toBe(1);
    const managed = ['verify-bundle', '--bundle', 'key-bundle.json', '--key', 'cosign.pub'];
    expect((await ask(...managed, ...root, digest)).status).toBe(0);
    expect((await ask('sign-bundle', 'x')).status).toBe(2);
  });
});
