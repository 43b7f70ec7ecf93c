import { describe, expect, it } from 'vitest';
import { type ExportSource, exportText } from './export-text.ts';
import type { ExportFormat } from './paging.ts';
import { sarifResult } from './sarif.ts';

interface Row {
  readonly name: string;
  readonly tags: readonly string[];
  readonly pods: number | null;
}

const rows: Row[] = [
  { name: 'a "quoted", name', tags: ['x', 'y'], pods: 1 },
  { name: '=HYPERLINK("http://evil.example")', tags: [], pods: null },
  { name: 'line\nbreak', tags: ['z'], pods: -3 },
];

/** Batches as a store yields them, an empty one among them. */
async function* batches(): AsyncGenerator<readonly Row[]> {
  yield rows.slice(0, 1);
  yield [];
  yield rows.slice(1);
}

const source = (items: AsyncIterable<readonly Row[]> = batches()): ExportSource<Row> => ({
  name: 'rows',
  rows: items,
  columns: ['name', 'tags', 'pods'],
  sarif: ({ name }) =>
    sarifResult({
      reason: 'no-signature',
      severity: 'high',
      text: name,
      where: `cluster/${name}`,
      fingerprint: name,
      properties: {},
    }),
});

async function text(format: ExportFormat, from = source()): Promise<string> {
  let whole = '';
  for await (const piece of exportText(from, format)) whole += piece;
  return whole;
}

describe('exportText', () => {
  it('quotes CSV, and takes the power from what a spreadsheet would run', async () => {
    expect(await text('csv')).toBe(
      'name,tags,pods\r\n' +
        '"a ""quoted"", name",x y,1\r\n' +
        `"'=HYPERLINK(""http://evil.example"")",,\r\n` +
        '"line\nbreak",z,-3\r\n',
    );
  });

  it('writes JSON that reads back as the rows', async () => {
    expect(JSON.parse(await text('json'))).toEqual(rows);
  });

  it('writes one JSON line a row', async () => {
    const lines = (await text('ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
  });

  it('writes SARIF with every row as a result and every rule it names', async () => {
    const log = JSON.parse(await text('sarif'));
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run.results.map(({ message }: { message: { text: string } }) => message.text)).toEqual(
      rows.map(({ name }) => name),
    );
    const rules = run.tool.driver.rules.map(({ id }: { id: string }) => id);
    for (const { ruleId } of run.results) expect(rules).toContain(ruleId);
  });

  it.each(['csv', 'json', 'ndjson', 'sarif'] as const)('writes %s for no rows', async (format) => {
    async function* none(): AsyncGenerator<readonly Row[]> {}
    const whole = await text(format, source(none()));
    if (format === 'json' || format === 'sarif') expect(() => JSON.parse(whole)).not.toThrow();
    else expect(whole.trim()).toBe(format === 'csv' ? 'name,tags,pods' : '');
  });

  it('breaks off when the rows break off, and never ends as if it were whole', async () => {
    async function* broken(): AsyncGenerator<readonly Row[]> {
      yield rows;
      throw new Error('the database is gone');
    }
    await expect(text('json', source(broken()))).rejects.toThrow('the database is gone');
  });
});
