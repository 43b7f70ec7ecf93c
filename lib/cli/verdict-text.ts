import { reasonOf } from '#lib/model/reasons.ts';
import type { EvidenceVerdict, ImageVerdict, Signer } from '#lib/model/verdict.ts';
import { printable } from './printable.ts';

const marks = { passed: '✔', failed: '✘', 'not-run': '–' } as const;

/** A verdict for a terminal: what it is, why, and every check of every item of evidence. */
export function verdictText(image: string, verdict: ImageVerdict): string {
  const reason = verdict.reason === undefined ? undefined : reasonOf(verdict.reason);
  const lines = [
    `${image}: ${verdict.status}${reason ? ` (${reason.title})` : ''}`,
    `  digest ${verdict.digest}`,
    ...(verdict.detail ? [`  ${verdict.detail}`] : []),
    ...(reason ? [`  → ${reason.remedy} (${reason.owner})`] : []),
    ...verdict.evidence.flatMap(evidenceLines),
    ...verdict.places.map(
      ({ place, outcome, found, detail }) =>
        `  ${place}: ${outcome}, ${found} found${detail ? ` (${detail})` : ''}`,
    ),
    ...verdict.warnings.map(({ detail }) => `  warning: ${detail}`),
  ];
  return `${lines.map(printable).join('\n')}\n\n`;
}

function evidenceLines(item: EvidenceVerdict): string[] {
  const what = item.predicateType ? `${item.kind} ${item.predicateType}` : item.kind;
  return [
    `  ${what}: ${item.status}${item.authority ? ` by authority ${item.authority}` : ''}`,
    ...(item.signer ? [`    signer ${signerText(item.signer)}`] : []),
    ...item.times.map(({ at, source, by }) => `    time ${at} from ${source} of ${by}`),
    ...item.checks.map(({ id, outcome, detail }) => `    ${marks[outcome]} ${id}: ${detail}`),
  ];
}

const signerText = (signer: Signer): string =>
  signer.kind === 'key'
    ? `key ${signer.algorithm} SHA-256 ${signer.fingerprint}`
    : `${signer.subject} issued by ${signer.issuer ?? 'nobody named'}`;
