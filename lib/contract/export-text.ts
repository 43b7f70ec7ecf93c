import type { ExportFormat, TableFormat } from './paging.ts';
import { type SarifRow, sarifDocument } from './sarif.ts';

/** One exportable list: rows in batches, the columns of its CSV, and how a row becomes a SARIF result. */
export interface ExportSource<T extends object> {
  readonly name: string;
  readonly rows: AsyncIterable<readonly T[]>;
  readonly columns: readonly (keyof T & string)[];
  readonly sarif: (row: T) => SarifRow;
}

/** A list whose rows are no findings: it has no SARIF. */
export type TableSource<T extends object> = Omit<ExportSource<T>, 'sarif'>;

/** The text of an export, in pieces. */
export async function* exportText<T extends object>(
  source: ExportSource<T>,
  format: ExportFormat,
): AsyncGenerator<string, undefined, undefined> {
  if (format !== 'sarif') return yield* tableText(source, format);
  const [head, tail] = sarifDocument();
  yield* separated(source.rows, head, (row) => JSON.stringify(source.sarif(row)), tail);
}

/** The text of a table, in pieces. */
export async function* tableText<T extends object>(
  source: TableSource<T>,
  format: TableFormat,
): AsyncGenerator<string, undefined, undefined> {
  switch (format) {
    case 'csv':
      yield `${source.columns.join(',')}\r\n`;
      for await (const batch of source.rows)
        yield batch.map((row) => csvLine(row, source.columns)).join('');
      return;
    case 'ndjson':
      for await (const batch of source.rows)
        yield batch.map((row) => `${JSON.stringify(row)}\n`).join('');
      return;
    case 'json':
      yield* separated(source.rows, '[\n', (row) => JSON.stringify(row), '\n]\n');
  }
}

async function* separated<T>(
  rows: AsyncIterable<readonly T[]>,
  head: string,
  text: (row: T) => string,
  tail: string,
): AsyncGenerator<string, undefined, undefined> {
  yield head;
  let first = true;
  for await (const batch of rows) {
    if (batch.length === 0) continue;
    yield (first ? '' : ',\n') + batch.map(text).join(',\n');
    first = false;
  }
  yield tail;
}

const csvLine = <T extends object>(row: T, columns: readonly (keyof T & string)[]): string =>
  `${columns.map((column) => csvCell(row[column])).join(',')}\r\n`;

/**
 * RFC 4180. A cell that a spreadsheet would run as a formula is written as text: image names and
 * labels come from whoever may write to a cluster.
 */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  const harmless = /^[=+\-@\t\r]/.test(text) && typeof value !== 'number' ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
