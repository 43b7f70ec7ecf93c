import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEnvironment } from '#lib/config/environment.ts';
import { ClusterList, ScanList, ScanRow } from '#lib/contract/sources.ts';
import type { FindingKind } from '#lib/model/posture.ts';
import type { ScanFormat } from './scan-output.ts';
import { UsageError } from './usage.ts';

/** The address of a server that runs on the same data folder and answers; undefined when none does. */
export async function runningServer(): Promise<string | undefined> {
  const note = path.join(readEnvironment().dataDir, 'server.json');
  if (!existsSync(note)) return undefined;
  try {
    const { url } = JSON.parse(readFileSync(note, 'utf8')) as { url: string };
    const answer = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok ? url : undefined;
  } catch {
    // A server that was killed leaves its note behind.
    return undefined;
  }
}

/** Asks a running server for a scan, waits for it, and prints its findings. */
export async function scanThroughServer(
  address: string,
  format: ScanFormat,
  failOn: readonly FindingKind[],
  progress: (scan: ScanRow) => void,
): Promise<number> {
  if (format === 'table' || format === 'junit' || format === 'json')
    process.stderr.write(`sealwatch: using the server at ${address}; its findings follow\n`);
  const asked = await request(address, '/api/v1/scans', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const scan = await finished(address, ScanRow.parse(await asked.json()).id, progress);
  await ClusterList.parseAsync(await (await request(address, '/api/v1/clusters')).json());
  const wanted = format === 'table' || format === 'junit' ? 'csv' : format;
  const answer = await request(address, `/api/v1/findings/export?as=${wanted}`);
  for await (const chunk of answer.body ?? []) process.stdout.write(chunk);
  const counts = await Promise.all(
    failOn.map(async (kind) => {
      const page = await request(address, `/api/v1/findings?finding=${kind}&limit=1`);
      return { kind, total: ((await page.json()) as { total: number }).total };
    }),
  );
  if (counts.some(({ kind, total }) => kind !== 'inconclusive' && total > 0)) return 1;
  const unchecked = counts.some(({ kind, total }) => kind === 'inconclusive' && total > 0);
  return unchecked || (failOn.includes('inconclusive') && scan.failures.length > 0) ? 3 : 0;
}

async function finished(
  address: string,
  id: string,
  progress: (scan: ScanRow) => void,
): Promise<ScanRow> {
  for (;;) {
    const { items } = ScanList.parse(await (await request(address, '/api/v1/scans')).json());
    const scan = items.find((item) => item.id === id);
    if (scan === undefined) throw new UsageError(`the server at ${address} lost the scan ${id}`);
    progress(scan);
    if (scan.finishedAt !== null) return scan;
    await sleep(500);
  }
}

async function request(address: string, route: string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(new URL(route, address), init).catch((error: unknown) => {
    throw new UsageError(`the server at ${address} does not answer: ${(error as Error).message}`);
  });
  if (answer.ok) return answer;
  throw new UsageError(`the server at ${address} refused: ${answer.status} ${await answer.text()}`);
}
