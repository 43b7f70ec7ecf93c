import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { simpleSigningPayload } from '#lib/lab/signing/cosign-layer.ts';
import type { Authority } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { print, rate } from './rate.ts';

/** cosign signatures by a key, beside the bare verification of the same signatures. */
export function keySignatures(seconds: number): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const signed = Array.from({ length: 200 }, (_, index) => {
    const subject = digest(`sha256:${createHash('sha256').update(String(index)).digest('hex')}`);
    const payload = simpleSigningPayload({ name: 'registry.example/app', digest: subject });
    const signature = sign('sha256', payload, privateKey);
    const id = digest(`sha256:${createHash('sha256').update(signature).digest('hex')}`);
    const annotations = { signature: signature.toString('base64') };
    const evidence = [
      { kind: 'cosign-signature', id, subject, sources: [], payload, annotations },
    ] as const;
    return {
      payload,
      signature,
      discovery: {
        subject,
        registry: 'registry.example',
        repository: 'app',
        evidence,
        places: [],
        complete: true,
        warnings: [],
      },
    };
  });
  const at = (index: number) => {
    const one = signed[index % signed.length];
    if (one === undefined) throw new RangeError('there is no signature');
    return one;
  };
  const material = prepareMaterial({ authorities: [authorityOf(pem)], trustRoots: [] });
  const ours = rate('key signature, this project', seconds, (index) => {
    const { verdict } = verifyImage(at(index).discovery, material, [], new Date(), 'sample');
    if (verdict.status !== 'verified') throw new Error(`${verdict.status}: ${verdict.detail}`);
  });
  const key = createPublicKey(pem);
  const bare = rate('… bound: its signature with a ready key', seconds, (index) => {
    const { payload, signature } = at(index);
    if (!verify('sha256', payload, key, signature)) throw new Error('it does not verify');
  });
  const share = `${((100 * ours.perSecond) / bare.perSecond).toFixed(0)} %`;
  print('key signature beside the bound (at least 90 %)', share);
}

function authorityOf(pem: string): Authority {
  const unmarked = {
    kind: 'key',
    name: 'bench',
    source: { kind: 'command-line' },
    images: ['**'],
    keys: [{ pem }],
    tlog: 'ignored',
  } as const;
  return { ...unmarked, fingerprint: authorityFingerprint(unmarked) };
}
