import { extensionIds, extensionOf, parseCertificate } from '#lib/verify/certificate.ts';
import { signerOf } from '#lib/verify/fulcio.ts';
import { readCrl } from '#lib/verify/notation/crl.ts';
import { readOcspAnswer } from '#lib/verify/notation/ocsp.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { verifyTimestamp } from '#lib/verify/timestamp/verify-timestamp.ts';
import { checkScts } from '#lib/verify/x509/check-scts.ts';
import { findPaths } from '#lib/verify/x509/validate-path.ts';
import { anAuthority, aSigner, trusting } from '#tests/builders/issued-certificate.ts';
import { aRoot } from '#tests/builders/notation-pki.ts';
import { aCrl, anOcspAnswer } from '#tests/builders/revocation.ts';
import { aSigningWorld } from '#tests/builders/signing-world.ts';
import { anAnswer, aTimestampAuthority, aToken } from '#tests/builders/timestamp.ts';
import { mutateDer } from './mutate-der.ts';
import { changedInputs, type Target } from './target.ts';

/** Readers of DER: certificates and chains, timestamps, answers about revocation. */
export async function derTargets(): Promise<readonly Target[]> {
  return [...(await certificateTargets()), await timestampTarget(), ...(await revocationTargets())];
}

async function certificateTargets(): Promise<readonly Target[]> {
  const world = await aSigningWorld();
  const bundle = JSON.parse(Buffer.from((await world.bundle()).bytes).toString());
  const material = bundle.verificationMaterial;
  const fulcio = Buffer.from(
    (material.certificate ?? material.x509CertificateChain.certificates[0]).rawBytes,
    'base64',
  );
  const root = await anAuthority();
  const [below, stranger] = [await anAuthority({ issuer: root }), await anAuthority()];
  const leaf = await aSigner(below);
  const authorities = trusting([root]);
  const strangers = trusting([stranger]);
  const genuine = [leaf.parsed, below.parsed, root.parsed].map(({ tbsDer }) => tbsDer);
  return [
    {
      name: 'certificate',
      inputs: changedInputs([fulcio, leaf.der, root.der], mutateDer),
      read: (input) => {
        const certificate = parseCertificate(input);
        if (isRefusal(certificate)) return undefined;
        signerOf(certificate);
        extensionOf(certificate, extensionIds.keyUsage);
        const logged = checkScts({ leaf: certificate, issuer: root.parsed, logs: [], domain: 'x' });
        return isRefusal(logged) ? undefined : 'logged by nobody';
      },
    },
    {
      name: 'certificate chain, judged',
      inputs: changedInputs([leaf.der, below.der], mutateDer),
      read: (input) => {
        const changed = parseCertificate(input);
        if (isRefusal(changed)) return undefined;
        const ask = (trusted: typeof authorities) =>
          [
            { leaf: changed, intermediates: [below.parsed] },
            { leaf: leaf.parsed, intermediates: [changed] },
          ].some(
            (question) =>
              !isRefusal(
                findPaths({
                  ...question,
                  authorities: trusted,
                  domain: 'x',
                  purpose: 'code-signing',
                }),
              ),
          );
        if (ask(strangers)) return 'a path to a stranger';
        const isGenuine = genuine.some((tbs) => tbs.equals(changed.tbsDer));
        return ask(authorities) && !isGenuine ? 'a path from a changed certificate' : undefined;
      },
    },
  ];
}

async function timestampTarget(): Promise<Target> {
  const over = Buffer.from('a signature');
  const [{ root, signer }, { root: stranger }] = [
    await aTimestampAuthority(),
    await aTimestampAuthority(),
  ];
  const seeds = [
    anAnswer(aToken(signer, over)),
    anAnswer(aToken(signer, over, { certificates: [], hash: 'sha512' })),
    aToken(signer, over),
  ];
  const questions = [
    { over: Buffer.from('other'), authorities: trusting([root]) },
    { over, authorities: trusting([stranger]) },
    { over: Buffer.from('other'), authorities: trusting([root, signer]) },
  ];
  return {
    name: 'timestamp, judged',
    inputs: changedInputs(seeds, mutateDer),
    read: (der) => {
      const good = questions.find(
        (question) => !isRefusal(verifyTimestamp({ der, domain: 'x', ...question })),
      );
      return good && 'a timestamp over other bytes, or by a stranger';
    },
  };
}

async function revocationTargets(): Promise<readonly Target[]> {
  const [root, stranger] = [await aRoot(), await aRoot()];
  const leaf = await root.issue();
  const parsed = (der: Buffer) => {
    const certificate = parseCertificate(der);
    if (isRefusal(certificate)) throw new TypeError(certificate.detail);
    return certificate;
  };
  const [certificate, issuer, other] = [parsed(leaf.der), parsed(root.der), parsed(stranger.der)];
  return [
    {
      name: 'OCSP answer, judged',
      inputs: changedInputs(
        [anOcspAnswer(root, leaf), anOcspAnswer(root, leaf, { status: 'revoked' })],
        mutateDer,
      ),
      read: (input) => {
        readOcspAnswer(input, certificate, issuer, Date.now());
        const { status } = readOcspAnswer(input, certificate, other, Date.now());
        return status === 'unknown' ? undefined : `a stranger says ${status}`;
      },
    },
    {
      name: 'revocation list, judged',
      inputs: changedInputs(
        [aCrl(root), aCrl(root, { revoked: [{ serial: leaf.serial }] })],
        mutateDer,
      ),
      read: (input) => {
        const question = { isAuthority: false, url: 'http://x.example/', now: Date.now() };
        readCrl(input, { ...question, issuer });
        const list = readCrl(input, { ...question, issuer: other });
        return typeof list === 'string' ? undefined : 'a list by a stranger';
      },
    },
  ];
}
