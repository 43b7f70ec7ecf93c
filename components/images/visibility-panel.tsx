import clsx from 'clsx';
import { Check, ChevronRight, CircleQuestionMark, EyeOff } from 'lucide-react';
import { ListFailed } from '#components/list/list-states.tsx';
import { engineText } from '#components/status/admission-words.ts';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { VisibilityRow } from '#lib/contract/disagreements.ts';
import { evidencePlaces } from '#lib/model/evidence.ts';
import { useHydrated } from '#lib/query/use-list.ts';
import { useVisibility } from '#lib/query/visibility.ts';
import { kindTitle, placeTitles } from './image-words.ts';

/**
 * For each engine where the image is used, which of its signatures the engine can find: a valid
 * signature that it cannot see is none to it. Nothing stands here while no engine is installed.
 */
export function VisibilityPanel({ digest }: { readonly digest: string }) {
  const { data, error, refetch } = useVisibility(digest);
  const hydrated = useHydrated();
  if (!hydrated) return null;
  if (data === undefined && error !== null) {
    return (
      <Panel title="Who can see these signatures">
        <ListFailed
          what="which engines see these signatures"
          error={error}
          onRetry={() => void refetch()}
        />
      </Panel>
    );
  }
  const groups = [...Map.groupBy(data?.items ?? [], groupKey)];
  if (groups.length === 0) return null;
  return (
    <Panel
      title="Who can see these signatures"
      hint="a signature that an engine cannot find is none to it"
    >
      {groups.map(([key, rows]) => (
        <Group key={key} rows={rows} />
      ))}
    </Panel>
  );
}

const groupKey = ({ cluster, engine, version }: VisibilityRow): string =>
  JSON.stringify([cluster, engine, version]);

function Group({ rows }: { readonly rows: readonly VisibilityRow[] }) {
  const [first] = rows;
  if (first === undefined) return null;
  const { cluster, engine, version } = first;
  const name = engineText(engine, version);
  return (
    <details
      className="group/engine border-line border-t"
      open={rows.some(({ sees }) => sees !== 'yes')}
    >
      <summary className="flex list-none flex-wrap items-center gap-x-2.5 px-4 py-2.5 hover:bg-hover [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden="true"
          className="size-3.5 text-ink-3 transition-[rotate] group-open/engine:rotate-90"
        />
        <Wrap className="font-medium">{name}</Wrap>
        <span className="text-ink-2">
          in <Wrap>{cluster}</Wrap>
        </span>
        <span className="ml-auto text-ink-2 tabular-nums">{summaryOf(rows)}</span>
      </summary>
      <Table caption={`Signatures that ${name} in ${cluster} can see`}>
        <thead>
          <tr>
            <Th>Signature</Th>
            <Th>Place</Th>
            <Th>Seen</Th>
            <Th>Why</Th>
          </tr>
        </thead>
        <Tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one signature may lie in several repositories
            <Line key={`${row.evidence} ${row.place} ${row.registry} ${index}`} row={row} />
          ))}
        </Tbody>
      </Table>
    </details>
  );
}

/** `sees 2 of 3 signatures, 1 not known` */
function summaryOf(rows: readonly VisibilityRow[]): string {
  const seen = rows.filter(({ sees }) => sees === 'yes').length;
  const open = rows.filter(({ sees }) => sees === 'unknown').length;
  const text = `sees ${formatCount(seen)} of ${formatNoun(rows.length, 'signature')}`;
  return open === 0 ? text : `${text}, ${formatCount(open)} not known`;
}

function Line({ row: { kind, place, registry, sees, why } }: { readonly row: VisibilityRow }) {
  return (
    <Tr>
      <Td card="lead">{kindTitle(kind)}</Td>
      <Td label="Place" card="full">
        <span>
          {placeTitle(place)} <Wrap className="text-ink-2">{`of ${registry}`}</Wrap>
        </span>
      </Td>
      <Td label="Seen">
        <Answer sees={sees} />
      </Td>
      <Td card="full">
        <Wrap>{why}</Wrap>
      </Td>
    </Tr>
  );
}

/** A place that this version does not know stands for itself. */
function placeTitle(place: string): string {
  const known = evidencePlaces.find((one) => one === place);
  return known === undefined ? place : placeTitles[known];
}

const answers = {
  yes: { word: 'Yes', Icon: Check, color: 'text-verified' },
  no: { word: 'No', Icon: EyeOff, color: 'text-ink' },
  unknown: { word: 'Not known', Icon: CircleQuestionMark, color: 'text-inconclusive' },
} as const;

function Answer({ sees }: Pick<VisibilityRow, 'sees'>) {
  const { word, Icon, color } = answers[sees];
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap align-middle',
        sees === 'no' && 'font-medium',
      )}
    >
      <Icon aria-hidden="true" className={clsx('size-4', color)} />
      {word}
    </span>
  );
}
