import { X509Certificate } from '@sigstore/core';
import { describe, expect, test } from 'vitest';
import { workflowIdentity } from '#lib/lab/signing/identity.ts';
import { startPrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import { signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import { digest } from '#lib/model/digest.ts';
import { libraryCertificate } from './library-certificate.ts';
import { isRefusal } from './refusal.ts';
import { loadTrustRoot } from './trusted-root.ts';

const sigstore = await startPrivateSigstore();
const { bytes } = await signBundle(
  sigstore,
  statementAbout(
    { name: 'app', digest: digest(`sha256:${'a'.repeat(64)}`) },
    predicateTypes.cosignSign,
    {},
  ),
  predicateTypes.cosignSign,
  {
    kind: 'keyless',
    identity: workflowIdentity({
      repository: 'acme/app',
      workflow: 'ci.yml',
      ref: 'refs/heads/main',
    }),
    root: 'trusted',
  },
  'rekor-1',
);
const der = Buffer.from(
  JSON.parse(Buffer.from(bytes).toString()).verificationMaterial.certificate.rawBytes,
  'base64',
);
const domain = loadTrustRoot({
  name: 'lab',
  revision: 'r',
  json: sigstore.trustedRootJson,
  origin: 'file',
  asOf: new Date().toISOString(),
});
if (isRefusal(domain)) throw new Error(domain.detail);
const authority = domain.material.certificateAuthorities.flatMap(({ certChain }) => certChain);

describe('a certificate for the library', () => {
  test('encodes to the same bytes as the library itself', () => {
    const ours = libraryCertificate(der);
    const theirs = X509Certificate.parse(Buffer.from(der));
    expect(ours.root.toDER()).toEqual(theirs.root.toDER());
    expect(ours.root.toDER()).toEqual(der);
    expect(ours.tbsCertificate.toDER()).toEqual(theirs.tbsCertificate.toDER());
    expect(ours.publicKey).toEqual(theirs.publicKey);
    expect(ours.equals(theirs)).toBe(true);
  });

  test('has copies that can lose an extension without the original losing it', () => {
    const ours = libraryCertificate(der);
    const [copy, theirs] = [ours.clone(), X509Certificate.parse(Buffer.from(der))];
    copy.extensions.splice(2, 1);
    theirs.extensions.splice(2, 1);
    expect(copy.tbsCertificate.toDER()).toEqual(theirs.tbsCertificate.toDER());
    expect(copy.tbsCertificate.toDER()).not.toEqual(ours.tbsCertificate.toDER());
    expect(ours.root.toDER()).toEqual(der);
  });

  test('remembers who issued it and who did not', () => {
    const ours = libraryCertificate(der);
    const issuers = authority.map((issuer) => ours.verify(issuer));
    expect(issuers).toContain(true);
    expect(authority.map((issuer) => ours.verify(issuer))).toEqual(issuers);
    expect(ours.verify()).toBe(false);
    expect(authority.some((certificate) => certificate.verify())).toBe(true);
  });

  test('is refused when its last byte was changed, by each issuer', () => {
    const changed = Buffer.from(der);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(authority.map((issuer) => libraryCertificate(changed).verify(issuer))).not.toContain(
      true,
    );
  });

  test('leaves stack traces on, also after bytes that are no certificate', () => {
    const before = Error.stackTraceLimit;
    expect(() => libraryCertificate(Buffer.from('nothing'))).toThrow();
    expect(Error.stackTraceLimit).toBe(before);
  });
});
