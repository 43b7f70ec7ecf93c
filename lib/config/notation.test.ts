import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notationLevels } from '#lib/model/notation-policy.ts';
import { aRoot, aSelfSigned } from '#tests/builders/notation-pki.ts';
import { readAuthorities } from './authorities.ts';
import { parseConfig } from './read-config.ts';

const root = await aRoot();
const signer = await root.issue();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-notation-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, content: string | Uint8Array): void => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
};
const store = (type = 'ca', name = 'acme') => `truststore/x509/${type}/${name}`;

const statement = {
  name: 'release',
  registryScopes: ['registry.example/team/app'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: ['*'],
};
const others = { ...statement, name: 'others', registryScopes: ['*'] };
const policy = (...trustPolicies: readonly object[]) =>
  JSON.stringify({ version: '1.0', trustPolicies });

function authorities(notation: string) {
  const text = `authorities:\n  - name: acme\n    images: ["**"]\n    notation: ${notation}\n`;
  const file = parseConfig(text, 'sealwatch.yaml');
  return readAuthorities(
    { path: path.join(folder, 'sealwatch.yaml'), directory: folder, file },
    {},
  );
}
const byFiles = () => authorities('{ policy: trustpolicy.json, trustStores: . }');

describe('a trust policy in files', () => {
  it('is one authority for each statement, with the certificates of its stores', () => {
    write('trustpolicy.json', policy(statement, others));
    write(`${store()}/root.crt`, root.pem);
    write(`${store()}/second.der`, root.der);
    expect(byFiles()).toMatchObject([
      {
        kind: 'notation',
        name: 'acme/release',
        scopes: ['registry.example/team/app'],
        scopesElsewhere: [],
        trustStores: { ca: [root.pem, root.pem], signingAuthority: [], tsa: [] },
      },
      {
        name: 'acme/others',
        scopes: ['*'],
        scopesElsewhere: ['registry.example/team/app'],
      },
    ]);
  });

  it('may be a whole folder of notation, whose newer document comes first', () => {
    write('notation/trustpolicy.json', policy(statement));
    write('notation/trustpolicy.oci.json', policy(others));
    write(`notation/${store()}/root.crt`, root.pem);
    expect(authorities('{ policy: notation }')).toMatchObject([{ name: 'acme', scopes: ['*'] }]);
  });

  it('takes the stores of a mounted secret', () => {
    write('trustpolicy.json', policy(statement));
    write(`${store()}/..data/root.crt`, root.pem);
    symlinkSync('..data/root.crt', path.join(folder, store(), 'root.crt'));
    expect(byFiles()).toHaveLength(1);
  });

  it('names what is wrong with the policy', () => {
    write('trustpolicy.json', policy({ ...statement, trustedIdentities: [] }));
    write(`${store()}/root.crt`, root.pem);
    expect(byFiles).toThrow(/authority "acme": .*trustpolicy.json: .*"release": trustedIdentities/);
    rmSync(path.join(folder, 'trustpolicy.json'));
    expect(byFiles).toThrow(/cannot be read/);
  });

  it('names a trust store that is not there, and how to make it', () => {
    write('trustpolicy.json', policy(statement));
    expect(byFiles).toThrow(/ca:acme has no folder .*notation cert add --type ca --store acme/);
    mkdirSync(path.join(folder, store()), { recursive: true });
    expect(byFiles).toThrow(/holds no certificate/);
  });

  it('names a file that cannot anchor trust', async () => {
    write('trustpolicy.json', policy(statement));
    write(`${store()}/leaf.crt`, signer.pem);
    expect(byFiles).toThrow(/leaf.crt is neither a certificate authority nor self-signed/);
    write(`${store()}/leaf.crt`, 'text');
    expect(byFiles).toThrow(/leaf.crt is no certificate/);
    write(`${store()}/leaf.crt`, (await aSelfSigned()).pem);
    expect(byFiles()).toHaveLength(1);
  });

  it('takes only roots for timestamps', async () => {
    const below = await root.issue({ ca: true, subject: 'C=US,ST=WA,O=acme,CN=issuing' });
    write('trustpolicy.json', policy({ ...statement, trustStores: ['ca:acme', 'tsa:acme'] }));
    write(`${store()}/root.crt`, root.pem);
    write(`${store('tsa')}/below.crt`, below.pem);
    expect(byFiles).toThrow(/below.crt is no root certificate/);
  });
});

describe('rules written into the configuration', () => {
  const inline = (more: string) =>
    authorities(`{ trustStores: { ca: [root.crt] }, trustedIdentities: ["*"]${more} }`);

  it('are a policy for every repository that the authority names', () => {
    write('root.crt', root.pem);
    expect(inline('')).toMatchObject([
      { name: 'acme', level: 'strict', enforcement: notationLevels.strict, scopes: ['*'] },
    ]);
    expect(inline(', revocation: log, verifyTimestamp: afterCertExpiry')).toMatchObject([
      {
        enforcement: { ...notationLevels.strict, revocation: 'log' },
        verifyTimestamp: 'afterCertExpiry',
      },
    ]);
  });

  it('N67 name identities and certificates, or say what is missing', () => {
    write('root.crt', root.pem);
    const identity = '"x509.subject: C=US, O=acme"';
    expect(() =>
      authorities(`{ trustStores: { ca: [root.crt] }, trustedIdentities: [${identity}] }`),
    ).toThrow(/notation.trustedIdentities: .*ST is missing/);
    expect(() => authorities('{ trustedIdentities: ["*"] }')).toThrow(/notation.trustStores/);
    expect(() => authorities('{ level: lax }')).toThrow(/sealwatch.yaml:4/);
    expect(authorities('{ level: skip }')).toMatchObject([{ level: 'skip' }]);
  });
});
