import type { NotationAuthority } from '#lib/model/authority.ts';
import {
  isNameProblem,
  type NameAttributes,
  parseDistinguishedName,
} from '#lib/model/distinguished-name.ts';
import {
  subjectOfIdentity,
  type TrustStoreType,
  trustStoreTypes,
} from '#lib/model/notation-policy.ts';
import { type Certificate, parseCertificate } from '#lib/verify/certificate.ts';
import { compileImageGlob } from '#lib/verify/image-glob.ts';
import { readPem } from '#lib/verify/pem.ts';
import { inconclusive, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import type { TrustedAuthority } from '#lib/verify/trusted-root.ts';
import { timestampAuthorities } from './verify-countersignature.ts';

/** A statement of a Notation trust policy with certificates and names parsed. */
export interface PreparedNotation {
  readonly authority: NotationAuthority;
  /** Whether it speaks about `registry/repository`. */
  readonly covers: (name: string) => boolean;
  readonly stores: Readonly<Record<TrustStoreType, readonly Certificate[]>>;
  /** The `tsa` stores, as one list for as long as this lives: paths to them are remembered by it. */
  readonly timestampAuthorities: readonly TrustedAuthority[];
  /** Names of trusted signers; `anyone` for `*`. */
  readonly identities: 'anyone' | readonly NameAttributes[];
  /** Why it cannot be asked; then nothing is claimed under it. */
  readonly problem?: Refusal;
}

/** Prepares one statement. A certificate or name that cannot be used spoils it: it says so. */
export function prepareNotation(authority: NotationAuthority): PreparedNotation {
  const problems: string[] = [];
  const stores = Object.fromEntries(
    trustStoreTypes.map((type) => [type, readStore(authority.trustStores[type], type, problems)]),
  ) as Record<TrustStoreType, readonly Certificate[]>;
  const identities = readIdentities(authority.trustedIdentities, problems);
  const [problem] = problems;
  return {
    authority,
    covers: coverage(authority),
    stores,
    timestampAuthorities: timestampAuthorities(stores.tsa),
    identities,
    ...(problem !== undefined && {
      problem: inconclusive(
        'key-unresolvable',
        `the authority ${authority.name} cannot be used: ${problem}`,
      ),
    }),
  };
}

/** An exact scope beats `*`: what another statement of the document names is not for this one. */
function coverage({
  images,
  scopes,
  scopesElsewhere,
}: NotationAuthority): PreparedNotation['covers'] {
  const globs = images.map(compileImageGlob);
  const named = (name: string) =>
    scopes.includes(name) || (scopes.includes('*') && !scopesElsewhere.includes(name));
  return (name) => named(name) && globs.some((glob) => glob(name));
}

function readStore(
  pems: readonly string[],
  type: TrustStoreType,
  problems: string[],
): readonly Certificate[] {
  return pems.flatMap((pem) => {
    const { blocks } = readPem(pem, 'CERTIFICATE');
    if (blocks.length === 0) problems.push(`a text of the trust store ${type} has no certificate`);
    return blocks.flatMap((der) => {
      const certificate = parseCertificate(der);
      if (!isRefusal(certificate)) return [certificate];
      problems.push(`a certificate of the trust store ${type}: ${certificate.detail}`);
      return [];
    });
  });
}

function readIdentities(
  identities: readonly string[],
  problems: string[],
): PreparedNotation['identities'] {
  if (identities.includes('*')) return 'anyone';
  return identities.flatMap((identity) => {
    const subject = subjectOfIdentity(identity);
    if (subject === undefined) return [];
    const name = parseDistinguishedName(subject);
    if (!isNameProblem(name)) return [name];
    problems.push(`${identity}: ${name.problem}`);
    return [];
  });
}
