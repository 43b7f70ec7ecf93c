import { reasonOf } from '#lib/model/reasons.ts';
import type { EvidenceVerdict, Signer } from '#lib/model/verdict.ts';
import { printable } from './printable.ts';

const marks = { passed: '✔', failed: '✘', 'not-run': '–' } as const;

/** One item of evidence for a terminal: who signed, when, and how every check came out. */
export function evidenceText(item: EvidenceVerdict): string {
  const reason = item.reason === undefined ? undefined : reasonOf(item.reason);
  const lines = [
    ...(reason ? [`${reason.title} → ${reason.remedy}`] : []),
    ...(item.signer ? [`signer ${signerText(item.signer)}`] : []),
    ...(item.predicateType ? [`predicate ${item.predicateType}`] : []),
    ...attestationLines(item),
    ...Object.entries(item.annotations ?? {}).map(([name, value]) => `annotation ${name}=${value}`),
    ...item.times.map(({ at, source, by }) => `time ${at} from ${source} of ${by}`),
    ...(item.log ? [`log ${item.log.log}, index ${item.log.index}, ${item.log.kind}`] : []),
    ...(item.trustRoot ? [`trust root ${item.trustRoot.name}, ${item.trustRoot.revision}`] : []),
    ...item.sources.map(
      ({ place, registry, repository, manifest }) =>
        `stored in ${registry}/${repository}@${manifest} (${place})`,
    ),
    ...item.checks.map(({ id, outcome, detail }) => `${marks[outcome]} ${id}: ${detail}`),
  ];
  return lines.map((line) => `  ${printable(line)}\n`).join('');
}

/** What a statement says, or what something unsigned claims of itself, name by name. */
function attestationLines({ attestation, attachment }: EvidenceVerdict): readonly string[] {
  if (attachment !== undefined)
    return [
      `unsigned ${attachment.mediaType}`,
      ...(attachment.claimedType ? [`claims to be ${attachment.claimedType}`] : []),
    ];
  if (attestation === undefined) return [];
  const { kind, ...members } = attestation;
  return [
    `states ${kind}`,
    ...Object.entries(members).map(([name, value]) => `  ${name}: ${shown(value)}`),
  ];
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const signerText = (signer: Signer): string =>
  signer.kind === 'key'
    ? `key ${signer.algorithm} SHA-256 ${signer.fingerprint}`
    : `${signer.subject} issued by ${signer.issuer ?? 'nobody named'}`;
