import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { OperationalError } from '#lib/errors.ts';
import { aCertificate } from '#tests/builders/certificate.ts';
import { client, closeAll, listen, names } from '#tests/builders/egress.ts';
import { createFakeCluster } from '#tests/fakes/cluster.ts';
import { createKeySource, type KeySourceOptions } from './key-source.ts';

afterEach(closeAll);

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const pemOf = (key: ReturnType<typeof p256>) =>
  key.export({ type: 'spki', format: 'pem' }).toString();

/** The key, or the code of the failure with its message. */
async function read(
  reference: string,
  options: Partial<KeySourceOptions> & { readonly policyOf?: string } = {},
) {
  const { policyOf, ...rest } = options;
  try {
    const source = createKeySource({ http: client(), clusters: [], ...rest });
    return await source.read(reference, policyOf);
  } catch (error) {
    if (error instanceof OperationalError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('Vault transit', () => {
  /** A Vault with one key, and a client that may reach it. */
  async function aVault(answer: unknown, status = 200) {
    const { certificate, key } = await aCertificate('vault.example');
    const asked: { url: string | undefined; token: unknown; namespace: unknown }[] = [];
    const server = createServer({ cert: certificate, key }, (request, response) => {
      const { 'x-vault-token': token, 'x-vault-namespace': namespace } = request.headers;
      asked.push({ url: request.url, token, namespace });
      response.statusCode = status;
      response.end(JSON.stringify(answer));
    });
    const host = `vault.example:${await listen(server)}`;
    const http = client({
      allow: [host],
      lookup: names({ 'vault.example': ['127.0.0.1'] }),
      tls: new Map([[host, { ca: certificate }]]),
    });
    return { asked, http, vault: { address: `https://${host}`, token: 's.secret' } };
  }

  it('gives every version that still counts, the newest first', async () => {
    const [old, current] = [p256(), p256()];
    const { asked, http, vault } = await aVault({
      data: {
        type: 'ecdsa-p256',
        keys: { 1: { public_key: pemOf(old) }, 2: { public_key: pemOf(current) } },
      },
    });
    const options = { http, vault: { ...vault, namespace: 'team', mount: 'signing/transit' } };
    expect(await read('hashivault://release', options)).toBe(pemOf(current) + pemOf(old));
    expect(asked).toEqual([
      { url: '/v1/signing/transit/keys/release', token: 's.secret', namespace: 'team' },
    ]);
  });

  it('gives Ed25519 keys, which Vault writes in another form', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const { http, vault } = await aVault({
      data: { type: 'ed25519', keys: { 1: { public_key: raw.toString('base64') } } },
    });
    expect(await read('hashivault://release', { http, vault })).toBe(pemOf(publicKey));
  });

  it.each([
    ['is refused', { errors: ['permission denied'] }, 403],
    ['fails', {}, 500],
    ['has no public keys', { data: { type: 'aes256-gcm96', keys: { 1: 1700000000 } } }, 200],
    ['answers nonsense', { data: { type: 'rsa', keys: { 1: { public_key: 'AAAA' } } } }, 200],
  ])('says what to do when it %s', async (_, answer, status) => {
    const { http, vault } = await aVault(answer, status);
    const failure = await read('hashivault://release', { http, vault });
    expect(failure).toMatch(/^key-unresolvable: hashivault:\/\/release: .*cosign public-key/);
    expect(failure).not.toContain('s.secret');
  });

  it('is not asked without address and token, without TLS, or for another path', async () => {
    const { asked, http, vault } = await aVault({});
    expect(await read('hashivault://release', { http })).toContain('VAULT_ADDR');
    const plain = { ...vault, address: vault.address.replace('https', 'http') };
    expect(await read('hashivault://release', { http, vault: plain })).toContain('https://');
    expect(await read('hashivault://../sys/raw', { http, vault })).toContain('transit key');
    expect(await read('hashivault://a/b', { http, vault })).toContain('transit key');
    expect(asked).toEqual([]);
  });
});

describe('Kubernetes secrets', () => {
  const keyed = (name: string) => ({
    ...createFakeCluster(name),
    name,
    signingKey: async (namespace: string, secret: string) => `${name} ${namespace}/${secret}`,
  });
  const [one, two, file] = [keyed('one'), keyed('two'), createFakeCluster('file')];

  it('are read by name from the only cluster, or from the one that is named', async () => {
    expect(await read('k8s://sign/key', { clusters: [one, file] })).toBe('one sign/key');
    expect(await read('k8s://two/sign/key', { clusters: [one, two] })).toBe('two sign/key');
  });

  it('are those of its own cluster where a policy names them', async () => {
    const clusters = [one, two];
    expect(await read('k8s://sign/key', { clusters, policyOf: 'two' })).toBe('two sign/key');
    expect(await read('k8s://one/sign/key', { clusters, policyOf: 'two' })).toContain(
      'key-unresolvable',
    );
    expect(await read('k8s://sign/key', { clusters, policyOf: 'three' })).toContain(
      'key-unresolvable',
    );
  });

  it.each([
    ['k8s://sign/key', 'name the cluster'],
    ['k8s://three/sign/key', 'no cluster three'],
    ['k8s://file/sign/key', 'no cluster file'],
    ['k8s://key', 'must be k8s://'],
    ['k8s://a/b/c/d', 'must be k8s://'],
  ])('%s is refused: %s', async (reference, why) => {
    const failure = await read(reference, { clusters: [one, two, file] });
    expect(failure).toContain('key-unresolvable');
    expect(failure).toContain(why);
  });
});

it.each(['awskms:///alias/release', 'gcpkms://projects/p', 'azurekms://vault.azure.net/key'])(
  '%s is not asked for, and the remedy is said',
  async (reference) => {
    expect(await read(reference)).toMatch(/^key-unresolvable: .*cosign public-key --key/);
  },
);
