import type { Signer } from '#lib/model/verdict.ts';
import type { Certificate } from './certificate.ts';
import { derTags, readDer } from './der.ts';
import { invalid, isRefusal, type Refusal } from './refusal.ts';
import { alternativeNames, subjectText } from './x509/subject-names.ts';

/**
 * Names of Fulcio's certificate extensions by the last arc of 1.3.6.1.4.1.57264.1.
 * @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
const names: Readonly<Record<string, string>> = {
  '2': 'githubWorkflowTrigger',
  '3': 'githubWorkflowSha',
  '4': 'githubWorkflowName',
  '5': 'githubWorkflowRepository',
  '6': 'githubWorkflowRef',
  '9': 'buildSignerUri',
  '10': 'buildSignerDigest',
  '11': 'runnerEnvironment',
  '12': 'sourceRepositoryUri',
  '13': 'sourceRepositoryDigest',
  '14': 'sourceRepositoryRef',
  '15': 'sourceRepositoryIdentifier',
  '16': 'sourceRepositoryOwnerUri',
  '17': 'sourceRepositoryOwnerIdentifier',
  '18': 'buildConfigUri',
  '19': 'buildConfigDigest',
  '20': 'buildTrigger',
  '21': 'runInvocationUri',
  '22': 'sourceRepositoryVisibility',
  '23': 'deploymentEnvironment',
  '24': 'tokenSubject',
};

const arc = '1.3.6.1.4.1.57264.1.';
/** The last arc whose encoding is known; what comes later is named by its whole identifier. */
const lastKnownArc = 24;

/** The name under which {@link readFulcioClaims} gives an extension; its identifier where it has none. */
export const claimNameOf = (oid: string): string =>
  (oid.startsWith(arc) ? names[oid.slice(arc.length)] : undefined) ?? oid;

/** What Fulcio copied from the identity token into the certificate. */
export interface FulcioClaims {
  readonly issuer?: string;
  readonly claims: Readonly<Record<string, string>>;
}

/**
 * Reads Fulcio's extensions. Arcs 1 to 6 are raw text, from 8 on DER UTF8String; anything else, and
 * an issuer that reads differently in .1 and .8, is refused: verifiers differ in which one they take.
 */
export function readFulcioClaims(certificate: Certificate): FulcioClaims | Refusal {
  const texts = new Map<string, string>();
  for (const { oid, value } of certificate.extensions) {
    if (!oid.startsWith(arc)) continue;
    const number = oid.slice(arc.length);
    const text = Number(number) < 7 ? utf8(value) : derText(value);
    if (text === undefined && Number(number) > lastKnownArc) continue;
    if (text === undefined)
      return invalid('cert-malformed', `the extension ${oid} is not text in its proper encoding`);
    texts.set(number, text);
  }
  const [first, second] = [texts.get('1'), texts.get('8')];
  if (first !== undefined && second !== undefined && first !== second)
    return invalid('issuer-conflict', `the certificate names the issuers ${first} and ${second}`);
  const issuer = second ?? first;
  const claims = [...texts]
    .filter(([number]) => number !== '1' && number !== '8')
    .map(([number, text]) => [claimNameOf(`${arc}${number}`), text] as const);
  return { claims: Object.fromEntries(claims), ...(issuer !== undefined && { issuer }) };
}

/**
 * Whom the certificate names: its alternative names, or its subject where there are none. Fulcio gives
 * exactly one; of several the rules must say which kind they mean.
 */
export function signerOf(certificate: Certificate): Signer | Refusal {
  const fulcio = readFulcioClaims(certificate);
  if (isRefusal(fulcio)) return fulcio;
  const names = alternativeNames(certificate);
  const distinguishedName = subjectText(certificate);
  const name =
    names[0] ??
    (distinguishedName === undefined ? undefined : { kind: 'dn', value: distinguishedName });
  if (name === undefined)
    return invalid('identity-ambiguous', 'the certificate names no subject at all');
  return {
    kind: 'certificate',
    subject: name.value,
    subjectType: name.kind,
    ...(names.length > 1 && { names }),
    ...(distinguishedName !== undefined && { distinguishedName }),
    ...(fulcio.issuer !== undefined && { issuer: fulcio.issuer }),
    claims: fulcio.claims,
    fingerprint: certificate.fingerprint,
    notBefore: new Date(certificate.notBefore).toISOString(),
    notAfter: new Date(certificate.notAfter).toISOString(),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function derText(bytes: Buffer): string | undefined {
  const node = readDer(bytes);
  return node?.tag === derTags.utf8String ? utf8(node.content) : undefined;
}
