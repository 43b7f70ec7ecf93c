import type { EvidenceRow, ImageLocation } from '#lib/contract/images.ts';
import type { EvidencePlace } from '#lib/model/evidence.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import type { CheckId } from '#lib/model/verdict.ts';

/** What each check proves when it passes. */
export const checkTitles: Readonly<Record<CheckId, string>> = {
  'evidence-readable': 'Evidence can be read',
  format: 'Format is well-formed',
  timestamp: 'Signing time is proven',
  key: 'Key is known and strong enough',
  'certificate-path': 'Certificate chains to a trusted root',
  'certificate-usage': 'Certificate is for code signing',
  sct: 'Certificate was logged (SCT)',
  'transparency-log': 'Log entry is proven',
  'log-binding': 'Log entry is about this signature',
  signature: 'Signature holds',
  claim: 'Signed claim names this digest',
  'second-opinion': 'A second verifier comes to the same result',
  identity: 'Signer is one the authority trusts',
  expiry: 'Signature has not expired',
  revocation: 'Certificates are not revoked',
};

/** The places beside a digest where evidence can lie. */
export const placeTitles: Readonly<Record<EvidencePlace, string>> = {
  'referrers-api': 'Referrers API',
  'referrers-tag': 'Referrers fallback tag',
  'signature-tag': '.sig tag',
  'attestation-tag': '.att tag',
  'sbom-tag': '.sbom tag',
  'image-index': 'Image index',
  lookaside: 'Lookaside of GPG signatures',
  'content-trust': 'Docker Content Trust server',
};

const kindTitles: Readonly<Record<string, string>> = {
  'cosign-signature': 'Cosign signature',
  'cosign-attestation': 'Cosign attestation',
  'sigstore-bundle': 'Sigstore bundle',
  notation: 'Notation signature',
  'content-trust': 'Docker Content Trust data',
  'unsigned-attachment': 'Attachment that nobody signed',
  unreadable: 'Evidence that could not be read',
};

/** How a kind of evidence is called; one that this version does not know stands for itself. */
export const kindTitle = (kind: string): string => kindTitles[kind] ?? kind;

/** `Sigstore bundle, keyless` */
export function evidenceTitle({ kind, signer }: Pick<EvidenceRow, 'kind' | 'signer'>): string {
  if (signer === null) return kindTitle(kind);
  const certified = kind === 'notation' ? 'certificate' : 'keyless';
  return `${kindTitle(kind)}, ${signer.kind === 'key' ? 'key pair' : certified}`;
}

const predicates: readonly (readonly [RegExp, string])[] = [
  [/^https:\/\/slsa\.dev\/provenance\/(v[\d.]+)$/, 'SLSA provenance'],
  [/^https:\/\/slsa\.dev\/verification_summary\/(v[\d.]+)$/, 'SLSA verification summary'],
  [/^https:\/\/spdx\.dev\/Document(?:\/(v[\d.]+))?$/, 'SBOM, SPDX'],
  [/^https:\/\/cyclonedx\.org\/bom(?:\/(v[\d.]+))?$/, 'SBOM, CycloneDX'],
  [/^https:\/\/cosign\.sigstore\.dev\/attestation\/vuln\/(v\d+)$/, 'Vulnerability scan'],
  [/^https:\/\/openvex\.dev\/ns(?:\/(v[\d.]+))?$/, 'OpenVEX'],
  [/^https:\/\/in-toto\.io\/attestation\/([\w-]+\/v[\d.]+)$/, 'in-toto'],
];

/** The name of a predicate type, or undefined for one that has none: then the type itself is shown. */
export function predicateTitle(type: string): string | undefined {
  for (const [pattern, title] of predicates) {
    const match = pattern.exec(type);
    if (match) return match[1] === undefined ? title : `${title} ${match[1]}`;
  }
  return undefined;
}

/** The statement by which cosign signs an image in a bundle. */
const signPredicate = 'https://sigstore.dev/cosign/sign/v1';

/** Attestations say something about an image; they are no signature of it, and are shown apart. */
export const isAttestation = ({
  kind,
  predicateType,
}: Pick<EvidenceRow, 'kind' | 'predicateType'>): boolean =>
  kind === 'cosign-attestation' ||
  kind === 'unsigned-attachment' ||
  (predicateType !== null && predicateType !== signPredicate);

/** Why the verdict of a location stands, in one sentence. */
export function verdictSentence(location: ImageLocation): string {
  const { status, authority, signer, places, reason } = location;
  if (status === 'verified')
    return `Proven by ${authority ?? 'an authority'}: signed by ${signer ?? 'its key'}.`;
  if (status === 'unsigned' && reason === 'no-signature')
    return `All ${places.length} places were searched and none holds a signature.`;
  if (status === 'untrusted' && signer !== null)
    return `The cryptography holds. ${signer} signed it, whom no authority for this image names.`;
  return reason === null ? '' : `${reasonOf(reason).title}.`;
}

/**
 * Why evidence that fails does not change the verdict, or why evidence that holds does not help;
 * undefined when all of it points the same way.
 */
export function mixedSentence({
  status,
  evidence,
}: Pick<ImageLocation, 'status' | 'evidence'>): string | undefined {
  const signatures = evidence.filter((item) => !isAttestation(item));
  const failing = signatures.filter((item) => item.status !== 'verified').length;
  const holding = signatures.length - failing;
  if (status === 'verified' && failing > 0)
    return `One signature that holds is enough. ${failing} beside it ${failing === 1 ? 'does' : 'do'} not hold: that takes nothing away, and is worth a look.`;
  if (status !== 'verified' && holding > 0)
    return 'A signature holds, but not under an authority that covers this image.';
  if (status !== 'verified' && evidence.some((item) => item.proves === 'attested'))
    return 'A verified attestation says something about the image; it is not a signature of it.';
  return undefined;
}

/** `OCI index`, `Docker manifest` … from a media type. */
export function mediaTitle(mediaType: string): string {
  const maker = mediaType.includes('docker') ? 'Docker' : 'OCI';
  if (/index|manifest\.list/.test(mediaType)) return `${maker} index`;
  return /manifest/.test(mediaType) ? `${maker} manifest` : mediaType;
}

/** `ghcr.io/acme/payments-api` */
export const repositoryOf = ({
  registry,
  repository,
}: Pick<ImageLocation, 'registry' | 'repository'>): string => `${registry}/${repository}`;

/** The name of a Fulcio extension in words: `sourceRepositoryUri` → `Source repository URI`. */
export function claimTitle(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return (words.charAt(0).toUpperCase() + words.slice(1))
    .replace(/^Github/, 'GitHub')
    .replace(/ uri$/, ' URI')
    .replace(/ sha$/, ' SHA');
}
