import { Panel } from '#components/ui/panel.tsx';
import type { EvidenceRow, ImageLocation } from '#lib/contract/images.ts';
import { EvidenceItem } from './evidence-item.tsx';
import { evidenceTitle, isAttestation, mixedSentence, predicateTitle } from './image-words.ts';

interface EvidenceListProps {
  readonly location: ImageLocation;
}

/** Signatures beside the digest. What fails stays in sight beside what holds. */
export function SignatureList({ location }: EvidenceListProps) {
  const signatures = location.evidence.filter((item) => !isAttestation(item));
  const holding = signatures.filter(({ status }) => status === 'verified').length;
  const first = signatures.find(({ status }) => status === location.status) ?? signatures[0];
  const mixed = mixedSentence(location);
  return (
    <Panel title="Evidence" hint={`${signatures.length} found, ${holding} of them proven`}>
      {mixed !== undefined && <p className="px-4 pb-3 text-ink-2">{mixed}</p>}
      {signatures.length === 0 && (
        <p className="px-4 pb-3 text-ink-2">
          {location.status === 'inconclusive'
            ? 'None was found in the places that could be searched. That does not mean that there is none.'
            : 'No place beside this digest holds a signature.'}
        </p>
      )}
      {signatures.map((item) => (
        <EvidenceItem
          key={item.id}
          evidence={item}
          title={evidenceTitle(item)}
          open={item === first}
        />
      ))}
    </Panel>
  );
}

/** Attestations beside the digest: what they are about, and whether they hold. */
export function AttestationList({ location }: EvidenceListProps) {
  const attestations = location.evidence.filter(isAttestation);
  if (attestations.length === 0) return null;
  const holding = attestations.filter(({ proves }) => proves === 'attested').length;
  return (
    <Panel title="Attestations" hint={`${attestations.length} found, ${holding} verified`}>
      {attestations.map((item) => (
        <EvidenceItem key={item.id} evidence={item} title={attestationTitle(item)} open={false} />
      ))}
    </Panel>
  );
}

function attestationTitle(item: EvidenceRow): string {
  const type = item.predicateType ?? item.attachment?.claimedType ?? null;
  return type === null ? evidenceTitle(item) : (predicateTitle(type) ?? type);
}
