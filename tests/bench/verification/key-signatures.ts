import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { simpleSigningPayload } from '#lib/lab/signing/cosign-layer.ts';
import type { Authority } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { print, rates } from './rate.ts';

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
  const key = createPublicKey(pem);
  const verifyOne = (index: number): void => {
    const { verdict } = verifyImage(at(index).discovery, material, [], new Date(), 'sample');
    if (verdict.status !== 'verified') throw new Error(`${verdict.status}: ${verdict.detail}`);
  };
  const [ours = 0, bare = 0] = rates(seconds, [
    { name: 'key signature, this project', call: verifyOne },
    {
      name: '… bound: its signature with a ready key',
      call: (index) => verify('sha256', at(index).payload, key, at(index).signature),
    },
  ]);
  print('key signature beside the bound (at least 90 %)', `${((100 * ours) / bare).toFixed(0)} %`);
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
