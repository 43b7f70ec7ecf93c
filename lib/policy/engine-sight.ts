import type { Visibility } from '#lib/model/admission.ts';
import type { Engine } from '#lib/model/policy.ts';
import type { Admission } from './admission.ts';

/** Evidence as engines look for it. */
export type SoughtEvidence = Parameters<Admission['visibility']>[0];

/** Settings of engines that change what they find. */
export interface SightSettings {
  readonly enableOci11: boolean;
  /** Names of plug-ins of Ratify's verifiers. */
  readonly ratifyVerifiers: readonly string[];
}

/** Whether evidence is found, and why. */
export type Sight = Pick<Visibility, 'sees' | 'why'>;

/** Major and minor as one number that can be compared (`1.19` is 1019), with the patch beside it. */
export interface KnownVersion {
  readonly minor: number;
  readonly patch: number;
}

const yes = (why: string): Sight => ({ sees: 'yes', why });
const no = (why: string): Sight => ({ sees: 'no', why });
const unknown = (why: string): Sight => ({ sees: 'unknown', why });

type Look = (
  evidence: SoughtEvidence,
  version: KnownVersion | undefined,
  settings: SightSettings,
) => Sight;

/**
 * Whether a version of an engine finds evidence of a kind in a place. What no source says stays
 * unknown; a policy must ask for the kind as well.
 */
export function sightOf(
  engine: Engine,
  evidence: SoughtEvidence,
  version: KnownVersion | undefined,
  settings: SightSettings,
): Sight {
  if (evidence.kind === 'unsigned-attachment') return no('nobody signed it');
  if (evidence.kind === 'unreadable') return unknown('nobody knows what it is');
  return looks[engine](evidence, version, settings);
}

/** A feature that came with a version. */
function since(
  version: KnownVersion | undefined,
  minor: number,
  name: string,
  sight: () => Sight,
): Sight {
  if (version === undefined) return unknown(`${name}; its version is not known`);
  return version.minor >= minor ? sight() : no(name);
}

const kyverno: Look = ({ kind, place, signsWithKey }, version) => {
  switch (kind) {
    case 'cosign-signature':
    case 'cosign-attestation':
      return place === 'signature-tag' || place === 'attestation-tag'
        ? yes('policies for Cosign read the tags of cosign')
        : unknown(
            'cosignOCI11 is experimental and was seen to find nothing (https://github.com/kyverno/kyverno/issues/16854)',
          );
    case 'notation':
      return since(version, 1010, 'rules for Notary came with Kyverno 1.10', () =>
        yes('rules for Notary list referrers, with the fallback tag'),
      );
    case 'sigstore-bundle':
      return since(
        version,
        1013,
        'bundles came with Kyverno 1.13 (https://github.com/kyverno/kyverno/pull/10567)',
        () => kyvernoBundle(place, signsWithKey, version),
      );
    default:
      return no('Kyverno does not read Docker Content Trust');
  }
};

function kyvernoBundle(
  place: SoughtEvidence['place'],
  signsWithKey: boolean,
  version: KnownVersion | undefined,
): Sight {
  const { minor = 0, patch = 0 } = version ?? {};
  if (place === 'referrers-tag') {
    if (minor === 1019 && patch === 0)
      return no(
        'Kyverno 1.19.0 misses bundles under the fallback tag (https://github.com/kyverno/kyverno/issues/16678)',
      );
    return minor === 1018
      ? yes(
          'ImageValidatingPolicy reads the fallback tag; rules of type SigstoreBundle filter by the type in the index and miss it',
        )
      : unknown('rules of type SigstoreBundle filter by the type in the index and may miss it');
  }
  if (signsWithKey)
    return unknown(
      'bundles that a key signed fail in Kyverno 1.19.0, and in rules of type SigstoreBundle (https://github.com/kyverno/kyverno/issues/17363, https://github.com/kyverno/kyverno/issues/16267)',
    );
  return yes(
    'rules of type SigstoreBundle and ImageValidatingPolicy read referrers; rules of type Cosign do not',
  );
}

const policyController: Look = (evidence, version, { enableOci11 }) => {
  const { kind, place } = evidence;
  if (kind === 'cosign-signature')
    return place === 'signature-tag'
      ? yes('signatures are read from the tag of cosign')
      : no('signatures are read from the tag of cosign alone');
  if (kind === 'cosign-attestation' && place === 'attestation-tag')
    return yes('attestations are read from the tag of cosign');
  if (kind === 'cosign-attestation')
    return enableOci11 && (version === undefined || version.minor >= 15)
      ? yes(
          'enable-oci11 is set: it takes attestations from referrers without verifying them (https://github.com/sigstore/policy-controller/pull/1971)',
        )
      : no('attestations are read from the tag of cosign alone');
  if (kind !== 'sigstore-bundle') return no('policy-controller reads what Sigstore writes alone');
  return since(
    version,
    13,
    'bundles came with policy-controller 0.13 (https://github.com/sigstore/policy-controller/pull/1725)',
    () => controllerBundle(evidence),
  );
};

function controllerBundle({ place, referrersApi, signsWithKey, attests }: SoughtEvidence): Sight {
  if (signsWithKey)
    return no(
      'bundles that a key signed are not verified (https://github.com/sigstore/policy-controller/issues/1958)',
    );
  const how = attests
    ? 'an authority with signatureFormat bundle asks for it as an attestation'
    : 'a signature in a bundle is found as an attestation of https://sigstore.dev/cosign/sign/v1 only';
  return place === 'referrers-tag' ? fallback(referrersApi, how) : yes(how);
}

/** Clients on go-containerregistry read the fallback tag only where the API is not served. */
function fallback(referrersApi: boolean | undefined, how: string): Sight {
  if (referrersApi === undefined)
    return unknown('whether the registry serves the referrers API is not known');
  return referrersApi
    ? no('the registry serves the referrers API, so the fallback tag is not read')
    : yes(`the registry serves no referrers API, so the fallback tag is read; ${how}`);
}

const gatekeeper: Look = ({ kind, place }, _version, { ratifyVerifiers }) => {
  const has = (name: string) => ratifyVerifiers.some((one) => one.includes(name));
  if (kind === 'notation' && has('notation'))
    return yes('a verifier of Ratify for Notation lists referrers');
  if (kind === 'cosign-signature' && place === 'signature-tag' && has('cosign'))
    return yes('a verifier of Ratify for cosign reads its tag');
  return unknown('Gatekeeper itself reads no registry: what it asks decides');
};

const connaisseur: Look = ({ kind, place }, version) => {
  if (kind === 'cosign-signature' && place === 'signature-tag')
    return yes('validators of type cosign read the tag of cosign');
  if (kind === 'content-trust') return yes('validators of type notaryv1 ask a Notary server');
  if (kind === 'notation' && version !== undefined && version.minor >= 3010)
    return yes('Connaisseur 3.10 has validators of type notation');
  return unknown('no source says whether this version finds it');
};

const portieris: Look = ({ kind }) =>
  kind === 'content-trust'
    ? yes('policies with trust ask a Notary server')
    : no('Portieris reads Docker Content Trust and simple signing');

const kubewarden: Look = ({ kind, place }) =>
  kind === 'cosign-signature' && place === 'signature-tag'
    ? yes('the module verify-image-signatures reads the tag of cosign')
    : unknown('no source says whether its modules find it');

const openshift: Look = ({ kind, place }) => {
  if (kind === 'cosign-signature' && place === 'signature-tag')
    return yes('nodes read attachments of cosign where their registries are configured so');
  return kind === 'notation' || kind === 'content-trust'
    ? no('nodes read what Sigstore writes, and simple signing')
    : unknown('no source says whether nodes find it');
};

const looks: Readonly<Record<Engine, Look>> = {
  kyverno,
  'policy-controller': policyController,
  gatekeeper,
  'validating-admission-policy': () => no('CEL in the API server reads no registry'),
  connaisseur,
  portieris,
  kubewarden,
  openshift,
};
