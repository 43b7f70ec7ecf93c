import type { Owner } from '#lib/model/reasons.ts';

/** Who acts, as a sentence names them. */
export const ownerWords: Readonly<Record<Owner, string>> = {
  'image owner': 'the image owner',
  platform: 'the platform team',
  registry: 'the operator of the registry',
  security: 'the security team',
  Sealwatch: 'the makers of Sealwatch',
};
