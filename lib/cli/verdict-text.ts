import { reasonOf } from '#lib/model/reasons.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import { evidenceText } from './evidence-text.ts';
import { printable } from './printable.ts';

function inheritedLines({ inheritedFrom }: ImageVerdict): readonly string[] {
  if (inheritedFrom === undefined) return [];
  const { index, platform, authority } = inheritedFrom;
  return [
    `listed as ${platform} by the index ${index}, which ${authority ?? 'an authority'} vouches for; admission by digest would still refuse it`,
  ];
}

/** A verdict for a terminal: what it is, why, and every check of every item of evidence. */
export function verdictText(image: string, verdict: ImageVerdict): string {
  const reason = verdict.reason === undefined ? undefined : reasonOf(verdict.reason);
  const head = [
    `${image}: ${verdict.status}${reason ? ` (${reason.title})` : ''}`,
    `digest ${verdict.digest}`,
    ...(verdict.detail ? [verdict.detail] : []),
    ...(reason ? [`→ ${reason.remedy} (${reason.owner})`] : []),
    ...inheritedLines(verdict),
    ...(verdict.required ?? []).map(
      ({ authority, predicateType, state }) =>
        `authority ${authority} asks for ${predicateType}: ${state}`,
    ),
  ];
  const evidence = verdict.evidence.map(
    (item) =>
      `${item.kind}: ${item.status}${item.authority ? ` by authority ${printable(item.authority)}` : ''}\n${evidenceText(item)}`,
  );
  const tail = [
    ...verdict.places.map(
      ({ place, outcome, found, detail }) =>
        `${place}: ${outcome}, ${found} found${detail ? ` (${detail})` : ''}`,
    ),
    ...verdict.warnings.map(({ detail }) => `warning: ${detail}`),
  ];
  const lines = (texts: readonly string[]) => texts.map((text) => `${printable(text)}\n`).join('');
  return `${lines(head)}${evidence.join('')}${lines(tail)}\n`;
}
