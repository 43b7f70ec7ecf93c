import { Download } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { buttonClass } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Popover } from '#components/ui/popover.tsx';
import { type ExportFormat, exportFormats } from '#lib/contract/paging.ts';
import { urlOf } from '#lib/contract/url-state.ts';
import { CodeBlock } from './code-block.tsx';

const formats: Readonly<Record<ExportFormat, { readonly name: string; readonly use: string }>> = {
  csv: { name: 'CSV', use: 'for a spreadsheet' },
  json: { name: 'JSON', use: 'one array' },
  ndjson: { name: 'NDJSON', use: 'one row a line, for streams' },
  sarif: { name: 'SARIF', use: 'for code scanning' },
};

/** Formats of lists whose rows are no findings. */
export const tableFormats: readonly ExportFormat[] = ['csv', 'json', 'ndjson'];

interface ExportMenuProps {
  /** `/api/v1/workloads/export`. */
  readonly path: string;
  readonly filter: URLSearchParams;
  /** Rows of the filter; undefined until known. */
  readonly total: number | undefined;
  readonly noun: string;
  /** Absent: every format. */
  readonly formats?: readonly ExportFormat[];
}

/** All rows of the filter as it stands, as a file or by the request that returns the same. */
export function ExportMenu(props: ExportMenuProps) {
  const { path, filter, total, noun, formats: offered = exportFormats } = props;
  const origin = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => '',
  );
  const urlFor = (format: ExportFormat) => {
    const params = new URLSearchParams(filter);
    params.append('as', format);
    return urlOf(path, params);
  };
  const curl = `curl -fsS '${origin}${urlFor('ndjson')}'`;
  const count = total === undefined ? '' : formatCount(total);
  return (
    <Popover
      title={`Export ${count} ${noun}`.replace('  ', ' ')}
      trigger={
        <button type="button" className={buttonClass()}>
          <Download aria-hidden="true" />
          Export <span className="inline-block min-w-[5ch] text-right tabular-nums">{count}</span>
        </button>
      }
    >
      <ul className="py-1">
        {offered.map((format) => (
          <li key={format}>
            <a
              href={urlFor(format)}
              download
              className="flex h-8 items-baseline gap-2 px-4 py-1.5 hover:bg-hover hover:text-ink focus-visible:bg-hover"
            >
              <span className="w-16 font-medium">{formats[format].name}</span>
              <span className="text-ink-2">{formats[format].use}</span>
            </a>
          </li>
        ))}
      </ul>
      <div className="border-line border-t px-4 py-2.5">
        <p className="mb-1 text-ink-2 text-label">The same rows from a script</p>
        <CodeBlock what="the command" text={curl} />
      </div>
    </Popover>
  );
}

const never = () => () => {};
