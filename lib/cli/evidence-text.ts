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
    ...item.times.map(({ at, source, by }) => `time ${at} from ${source} of ${by}`),
    ...item.checks.map(({ id, outcome, detail }) => `${marks[outcome]} ${id}: ${detail}`),
  ];
  return lines.map((line) => `  ${printable(line)}\n`).join('');
}

const signerText = (signer: Signer): string =>
  signer.kind === 'key'
    ? `key ${signer.algorithm} SHA-256 ${signer.fingerprint}`
    : `${signer.subject} issued by ${signer.issuer ?? 'nobody named'}`;
