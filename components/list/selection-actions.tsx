import { Button } from '#components/ui/button.tsx';
import { useCopy } from '#components/ui/copy.tsx';
import { formatCount } from '#components/ui/format.ts';
import { csvOf } from './csv.ts';

interface SelectionActionsProps<Row> {
  readonly rows: readonly Row[];
  readonly noun: string;
  readonly name: (row: Row) => string;
  readonly onClear: () => void;
}

/** What can be done with chosen rows: they are here already, so nothing is asked again. */
export function SelectionActions<Row>({ rows, noun, name, onClear }: SelectionActionsProps<Row>) {
  const { copied, copy } = useCopy();
  const records = rows as readonly Readonly<Record<string, unknown>>[];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="tabular-nums">{formatCount(rows.length)} chosen</span>
      <Button onClick={() => void copy(rows.map(name).join('\n'))}>
        {copied ? 'Copied' : 'Copy names'}
      </Button>
      <Button onClick={() => save(`${noun}.csv`, 'text/csv', csvOf(records))}>CSV</Button>
      <Button
        onClick={() => save(`${noun}.json`, 'application/json', JSON.stringify(rows, null, 2))}
      >
        JSON
      </Button>
      <Button variant="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
