import type { EvidenceKind } from '#lib/model/evidence.ts';
import type { ObjectReference } from '#lib/model/policy.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import {
  type CertificateSigner,
  findSignature,
  firstNameOf,
  namesOf,
  type SignatureDemand,
} from '#lib/policy/find-signature.ts';
import { allOf, type Finding, no, notEvaluated, yes } from '#lib/policy/finding.ts';
import { compileSearch } from '#lib/policy/patterns.ts';
import { authorityLabel, cipAuthorityName, predicateTypeOf, trustRootName } from './authorities.ts';
import { hashNameOf, keyIn } from './key-reference.ts';
import type { CipAuthority, CipIdentity } from './schema.ts';

/**
 * Whether an authority of a ClusterImagePolicy is met. Where it lists attestations, all of these must
 * be there, and a signature is not asked for.
 */
export function findAuthority(
  policy: ObjectReference,
  authority: CipAuthority,
  index: number,
  facts: ImageFacts | undefined,
): Finding {
  const { attestations } = authority;
  if (authority.static)
    return authority.static.action === 'pass'
      ? yes('static: pass admits every image unseen')
      : no(`refused by a static authority: ${authority.static.message ?? 'no message'}`);
  const isBundle = authority.signatureFormat === 'bundle';
  if (isBundle && authority.keyless === undefined)
    return no('the engine verifies bundles of keyless authorities only');
  if (isBundle && attestations.length === 0)
    return no('the engine does not verify signatures in bundles, attestations only');
  const name = cipAuthorityName(policy, authorityLabel(authority, index));
  const ask = (wants: SignatureDemand['wants'], formats: readonly EvidenceKind[]) =>
    findKeyOrKeyless(policy, authority, { wants, formats, authority: name }, facts);
  if (attestations.length === 0) return ask({ proves: 'signed' }, ['cosign-signature']);
  return allOf(
    attestations.map(({ name: wanted, predicateType, policy: condition }) => {
      const format = isBundle ? 'sigstore-bundle' : 'cosign-attestation';
      const finding = ask({ predicateType: predicateTypeOf(predicateType) }, [format]);
      return finding.met === 'yes' && condition
        ? notEvaluated(
            `the condition of attestation ${wanted} in ${condition.type} is not evaluated here`,
          )
        : finding;
    }),
  );
}

type Asked = Pick<SignatureDemand, 'wants' | 'formats' | 'authority'>;

function findKeyOrKeyless(
  policy: ObjectReference,
  authority: CipAuthority,
  asked: Asked,
  facts: ImageFacts | undefined,
): Finding {
  const { key, keyless, source, rfc3161timestamp, ctlog } = authority;
  if (source[0]?.tagPrefix)
    return notEvaluated(`the tag prefix ${source[0].tagPrefix} is not looked under`);
  const timestamped = Boolean(rfc3161timestamp?.trustRootRef);
  const logged = keyless !== undefined || ctlog !== undefined;
  const repository = source[0]?.oci;
  const demand = {
    ...asked,
    tlog: logged && !timestamped ? 'required' : 'ignored',
    sct: keyless && !keyless.insecureIgnoreSCT ? 'required' : 'ignored',
    ...(repository && { repository: repository.replace(/^index\.docker\.io\//, 'docker.io/') }),
  } as const;
  const rootOf = (reference: string | undefined) =>
    reference ? trustRootName(policy.cluster, reference) : 'public-good';
  if (key)
    return findKey(
      key,
      { ...demand, ...(ctlog && { trustRoot: rootOf(ctlog.trustRootRef) }) },
      facts,
    );
  if (keyless?.['ca-cert'])
    return notEvaluated('certificates of a CA in the policy are not evaluated here');
  const { trustRootRef, identities = [] } = keyless ?? {};
  const namesIn = authority.signatureFormat === 'bundle' ? firstNameOf : namesOf;
  const rules = identities.map((identity) => compileIdentity(identity, namesIn));
  return findSignature(facts, {
    ...demand,
    trustRoot: rootOf(trustRootRef),
    names: (signer) => rules.some((rule) => rule(signer)),
  });
}

function findKey(
  key: NonNullable<CipAuthority['key']>,
  demand: SignatureDemand,
  facts: ImageFacts | undefined,
): Finding {
  // The key does not stand in the policy: what was verified under this authority tells.
  const hash = hashNameOf(key);
  if (!key.data) return findSignature(facts, { ...demand, hash, ownMaterial: true });
  return findSignature(facts, { ...demand, keys: keyIn(key.data), hash });
}

/**
 * An identity as cosign matches it: patterns are searched anywhere, and the issuer must be there. Of a
 * legacy signature any alternative name will do, of a bundle the first one counts.
 */
function compileIdentity(
  identity: CipIdentity,
  namesIn: typeof namesOf,
): (signer: CertificateSigner) => boolean {
  const issuer = textOf(identity.issuer, identity.issuerRegExp);
  const subject = textOf(identity.subject, identity.subjectRegExp);
  return (signer) => issuer(signer.issuer ?? '') && namesIn(signer).some(subject);
}

function textOf(
  exact: string | undefined,
  expression: string | undefined,
): (text: string) => boolean {
  if (expression) return compileSearch(expression) ?? (() => false);
  return (text) => exact === undefined || exact === '' || text === exact;
}
