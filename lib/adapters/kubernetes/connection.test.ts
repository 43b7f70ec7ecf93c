import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type LabKubernetes, startKubernetesApi } from '#lib/lab/kubernetes/api-server.ts';
import { podObject } from '#lib/lab/kubernetes/workload-objects.ts';
import type { ClusterChange, ClusterReader } from '#lib/ports/cluster.ts';
import { createClusterReaders } from './cluster-reader.ts';

let directory = '';
const closing: (() => unknown)[] = [];
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'connection-'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(directory, { recursive: true });
});

const timings = { requestMs: 2_000, backOffMs: [1, 20] } as const;
const pod = podObject({ name: 'p', uid: 'p', containers: [{ name: 'main', image: 'nginx' }] });

async function lab(token: string): Promise<LabKubernetes> {
  const api = await startKubernetesApi({
    name: 'prod',
    token,
    bookmarkMs: 20,
    objects: { pods: [pod] },
  });
  closing.push(() => api.close());
  return api;
}

const inFile = (name: string, content: string): string => {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
};

const kubeconfig = (server: string, user: object = {}, cluster: object = {}): string =>
  stringify({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'c', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  });

const readerOf = (source: { path: string } | { text: string }): ClusterReader =>
  createClusterReaders([{ id: 'c', name: 'prod', kind: 'kubeconfig', ...source }], timings)[0]!;

const read = (reader: ClusterReader) => reader.read({ signal: new AbortController().signal });

/** A plug-in that prints the token of a file, and notes that it was asked and with what. */
function execPlugin(tokenFile: string): object {
  const script = inFile(
    'plugin.sh',
    `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${directory}/asked\n` +
      `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$(cat ${tokenFile})'"}}'\n`,
  );
  chmodSync(script, 0o755);
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: script } };
}

describe('a token that changes', () => {
  /** Each way in which the new token reaches us, given a file that holds it. */
  const ways: Record<
    string,
    (server: string) => { start: string; rotate: (token: string) => void }
  > = {
    'in the kubeconfig': (server) => {
      const start = inFile('config', kubeconfig(server, { token: 'old' }));
      return { start, rotate: (token) => inFile('config', kubeconfig(server, { token })) };
    },
    'in its token file': (server) => {
      inFile('token', 'old\n');
      const start = inFile('config', kubeconfig(server, { tokenFile: 'token' }));
      return { start, rotate: (token) => inFile('token', `${token}\n`) };
    },
    'from its credential plug-in': (server) => {
      const file = inFile('token', 'old');
      const start = inFile('config', kubeconfig(server, execPlugin(file)));
      return { start, rotate: (token) => inFile('token', token) };
    },
  };

  it.each(Object.keys(ways))('%s is taken up while following, without a relist', async (way) => {
    const api = await lab('old');
    const { start, rotate } = ways[way]!(api.url);
    const reader = readerOf({ path: start });
    const snapshot = await read(reader);
    const stop = new AbortController();
    const changes: ClusterChange[] = [];
    for await (const change of reader.follow(snapshot, stop.signal)) {
      changes.push(change);
      if (changes.length === 1) {
        api.setToken('new');
        api.setFault({ kind: 'drop-watch', times: 0 });
        api.upsert({ ...pod, metadata: { ...pod.metadata, name: 'q', uid: 'q' } });
      }
      // First it is refused, and says so; then the new token is there.
      if (change.type === 'interrupted' && change.reason === 'cluster-unauthorized') rotate('new');
      if (change.type === 'pod' && change.pod.uid === 'q') break;
    }
    expect(changes.map(({ type }) => type)).not.toContain('relisted');
    expect(
      changes.some(
        (change) => change.type === 'interrupted' && change.reason === 'cluster-unauthorized',
      ),
    ).toBe(true);
    expect((await read(reader)).pods).toHaveLength(2);
  });

  it('between two pages does not fail the reading', async () => {
    const api = await lab('old');
    const file = inFile('config', kubeconfig(api.url, { token: 'old' }));
    const reader = readerOf({ path: file });
    const reading = reader.read({
      signal: new AbortController().signal,
      onProgress: () => {
        api.setToken('new');
        inFile('config', kubeconfig(api.url, { token: 'new' }));
      },
    });
    expect((await reading).problems).toEqual([]);
    expect(api.requests().some(({ status }) => status === 401)).toBe(true);
  });
});

describe('a credential plug-in', () => {
  it('is told for what it is asked', async () => {
    const api = await lab('t');
    await read(readerOf({ text: kubeconfig(api.url, execPlugin(inFile('token', 't'))) }));
    const [first] = readFileSync(path.join(directory, 'asked'), 'utf8').split('\n');
    expect(JSON.parse(first!)).toMatchObject({
      kind: 'ExecCredential',
      spec: { interactive: false },
    });
  });

  it.each([
    [
      'is not installed',
      { command: 'no-such-plugin', installHint: 'install it from here' },
      /no-such-plugin failed.*install it from here/s,
    ],
    [
      'fails',
      { command: 'sh', args: ['-c', 'echo session expired >&2; exit 1'] },
      /session expired/,
    ],
    ['prints something else', { command: 'echo', args: ['hello'] }, /echo failed/],
  ])('that %s is named', async (_, exec, message) => {
    const api = await lab('t');
    await expect(read(readerOf({ text: kubeconfig(api.url, { exec }) }))).rejects.toMatchObject({
      code: 'cluster-unauthorized',
      message: expect.stringMatching(message),
    });
  });

  it('that never ends does not hold us for ever', async () => {
    const api = await lab('t');
    const [reader] = createClusterReaders(
      [
        {
          id: 'c',
          name: 'prod',
          kind: 'kubeconfig',
          text: kubeconfig(api.url, { exec: { command: 'sleep', args: ['20'] } }),
        },
      ],
      { ...timings, requestMs: 100 },
    );
    await expect(read(reader!)).rejects.toThrow();
  });
});

describe('plain HTTP', () => {
  it('to another machine is refused before a token is sent', async () => {
    const reader = readerOf({ text: kubeconfig('http://cluster.example:8080', { token: 't' }) });
    await expect(read(reader)).rejects.toMatchObject({
      code: 'cluster-config',
      message: expect.stringMatching(
        /prod.*http:\/\/cluster\.example:8080 speaks plain HTTP.*insecure-skip-tls-verify/s,
      ),
    });
  });

  it.each(['http://127.0.0.1.evil.example', 'http://localhost.evil.example', 'http://[::2]'])(
    'to %s is not taken for this machine',
    async (server) => {
      await expect(read(readerOf({ text: kubeconfig(server) }))).rejects.toMatchObject({
        code: 'cluster-config',
      });
    },
  );

  it.each(['cluster.example', 'ftp://cluster.example', ''])(
    'is no excuse for %j',
    async (server) => {
      await expect(read(readerOf({ text: kubeconfig(server) }))).rejects.toMatchObject({
        code: 'cluster-config',
      });
    },
  );
});

describe('a proxy', () => {
  /** Answers as an API server for whatever it is asked to fetch. */
  async function proxy(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = http.createServer(({ url = '' }, response) => {
      asked.push(url);
      response.setHeader('content-type', 'application/json');
      response.end('{"items":[],"metadata":{"resourceVersion":"7"},"gitVersion":"v1"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    closing.push(() => server.closeAllConnections());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }
  const insecure = { 'insecure-skip-tls-verify': true };
  const environment = (variables: Record<string, string>) => {
    for (const [name, value] of Object.entries(variables)) {
      const before = process.env[name];
      process.env[name] = value;
      closing.push(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
  };

  it('of the kubeconfig is used', async () => {
    const { url, asked } = await proxy();
    await read(
      readerOf({
        text: kubeconfig('http://cluster.invalid', {}, { ...insecure, 'proxy-url': url }),
      }),
    );
    expect(asked[0]).toBe('http://cluster.invalid/api/v1/pods?limit=500');
  });

  it('of the environment is used', async () => {
    const { url, asked } = await proxy();
    environment({ HTTP_PROXY: url, http_proxy: url, NO_PROXY: '', no_proxy: '' });
    await read(readerOf({ text: kubeconfig('http://cluster.invalid', {}, insecure) }));
    expect(asked[0]).toBe('http://cluster.invalid/api/v1/pods?limit=500');
  });

  it('of the environment is not used for hosts that NO_PROXY names, nor for this machine', async () => {
    const { url, asked } = await proxy();
    environment({
      HTTP_PROXY: url,
      http_proxy: url,
      NO_PROXY: 'cluster.invalid',
      no_proxy: 'cluster.invalid',
    });
    await expect(
      read(readerOf({ text: kubeconfig('http://cluster.invalid', {}, insecure) })),
    ).rejects.toMatchObject({ code: 'cluster-unreachable' });
    const api = await lab('t');
    expect((await read(readerOf({ text: api.kubeconfig() }))).pods).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it('of an unknown kind is refused', async () => {
    const text = kubeconfig('https://cluster.invalid', {}, { 'proxy-url': 'socks4://127.0.0.1:1' });
    await expect(read(readerOf({ text }))).rejects.toMatchObject({ code: 'cluster-config' });
  });
});

describe('TLS', () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  x509.cryptoProvider.set(globalThis.crypto as never);

  async function certificate(name: string): Promise<{ cert: string; key: string }> {
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
      extensions: [
        new x509.BasicConstraintsExtension(true),
        new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      ],
    });
    const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
    return {
      cert: made.toString('pem'),
      key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
    };
  }

  async function secureServer() {
    const [server, client] = [await certificate('server'), await certificate('client')];
    const seen: { subject?: string; authorization?: string }[] = [];
    const listening = https.createServer(
      { ...server, ca: client.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        const peer = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
        seen.push({
          subject: String(peer.subject.CN),
          ...(request.headers.authorization && { authorization: request.headers.authorization }),
        });
        response.end('{"items":[],"metadata":{"resourceVersion":"7"}}');
      },
    );
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => listening.close(resolve)));
    closing.push(() => listening.closeAllConnections());
    const url = `https://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    const data = (text: string) => Buffer.from(text).toString('base64');
    const user = {
      'client-certificate-data': data(client.cert),
      'client-key-data': data(client.key),
    };
    return { url, user, seen, ca: { 'certificate-authority-data': data(server.cert) } };
  }

  it('believes the authority of the kubeconfig and shows its client certificate', async () => {
    const { url, user, ca, seen } = await secureServer();
    await read(readerOf({ text: kubeconfig(url, user, ca) }));
    expect(seen[0]).toEqual({ subject: 'client' });
  });

  it('believes no other authority, and sends nothing', async () => {
    const { url, user, seen } = await secureServer();
    await expect(read(readerOf({ text: kubeconfig(url, user) }))).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('check certificate-authority'),
    });
    expect(seen).toEqual([]);
  });

  it('is switched off only where the kubeconfig says so', async () => {
    const { url, user, seen } = await secureServer();
    const insecure = { 'insecure-skip-tls-verify': true };
    await read(readerOf({ text: kubeconfig(url, { ...user, token: 't' }, insecure) }));
    expect(seen[0]).toEqual({ subject: 'client', authorization: 'Bearer t' });
  });
});

describe('impersonation', () => {
  it('sends groups and uid beside the user: without them it would be somebody else', async () => {
    const headers: string[][] = [];
    const server = http.createServer((request, response) => {
      headers.push(request.rawHeaders.map((text) => text.toLowerCase()));
      response.end('{"items":[],"metadata":{}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    closing.push(() => server.closeAllConnections());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const user = { as: 'robot', 'as-groups': ['readers', 'auditors'], 'as-uid': '7' };
    await read(readerOf({ text: kubeconfig(url, user) }));
    const pairs = headers[0]!.flatMap((text, i, all) =>
      text.startsWith('impersonate') ? [`${text}: ${all[i + 1]}`] : [],
    );
    // One line for each group: a comma would make one group of them.
    expect(pairs.toSorted()).toEqual([
      'impersonate-group: auditors',
      'impersonate-group: readers',
      'impersonate-uid: 7',
      'impersonate-user: robot',
    ]);
  });
});
