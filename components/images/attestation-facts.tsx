import type { FactEntry } from '#components/list/facts.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Wrap } from '#components/ui/text.tsx';
import type { Attestation } from '#lib/contract/attestation.ts';

/** What a statement says, as facts. All of it is the attester's word, so nothing here is a link. */
export function attestationFacts(attestation: Attestation | null): readonly FactEntry[] {
  if (attestation === null) return [];
  switch (attestation.kind) {
    case 'provenance':
      return provenance(attestation);
    case 'sbom':
      return [
        said('Format', [attestation.format, attestation.version].filter(Boolean).join(' ')),
        said('Document', attestation.name),
        said('Contains', formatNoun(attestation.components, 'component')),
        said('Made with', attestation.tools.join(', ')),
        said('Made', attestation.createdAt),
      ];
    case 'vulnerability-scan':
      return [
        said('Scanner', attestation.scanner ?? attestation.scannerVersion),
        said('Database of', attestation.databaseUpdatedAt),
        said('Scanned', attestation.finishedAt ?? attestation.startedAt),
        said('Found', countsText(attestation.total, attestation.bySeverity)),
      ];
    case 'vex':
      return [
        said('Author', attestation.author),
        said('Statements', countsText(attestation.statements, attestation.byStatus)),
        said('Made', attestation.createdAt),
      ];
    case 'verification-summary':
      return [
        said('Verifier', attestation.verifier),
        said('Policy', attestation.policy),
        said('Result', attestation.result),
        said('Levels', attestation.levels.join(', ')),
        said('Resource', attestation.resource),
        said('Verified', attestation.verifiedAt),
      ];
    case 'link':
      return [
        said('Step', attestation.step),
        said('Command', attestation.command),
        said('Materials', String(attestation.materials)),
        said('Products', String(attestation.products)),
      ];
    case 'custom':
      return [said('Says', attestation.text), said('Made', attestation.createdAt)];
    case 'other':
      return [said('Members', attestation.members.join(', '))];
    case 'malformed':
      return [said('Not readable', attestation.detail)];
  }
}

const provenance = (
  attestation: Extract<Attestation, { kind: 'provenance' }>,
): readonly FactEntry[] => [
  said('Builder', attestation.builder),
  said('Build type', attestation.buildType),
  said('Source', attestation.source),
  said('Commit', attestation.commit),
  said('Entry point', attestation.entryPoint),
  said('Run', attestation.invocation),
  said('Started', attestation.startedAt),
  said('Finished', attestation.finishedAt),
  ...attestation.parameters.shown.map(({ name, value }) => said(`Parameter: ${name}`, value)),
  said('Parameters', surplus(attestation.parameters)),
];

const surplus = ({ total, shown }: { total: number; shown: readonly unknown[] }) =>
  total > shown.length ? `${total - shown.length} more` : undefined;

const said = (name: string, text: string | undefined): FactEntry => ({
  name,
  value: text === undefined || text === '' ? null : <Wrap>{text}</Wrap>,
});

/** `3: 1 critical, 2 low`; without a total nothing was counted. */
function countsText(total: number | undefined, counts: Readonly<Record<string, number>>) {
  if (total === undefined) return undefined;
  const parts = Object.entries(counts).map(
    ([word, count]) => `${count} ${word.replace(/_/g, ' ')}`,
  );
  return parts.length === 0 ? String(total) : `${total}: ${parts.join(', ')}`;
}
