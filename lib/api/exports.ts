import 'server-only';
import {
  findingExport,
  imageExport,
  publishedExport,
  workloadExport,
} from '#lib/contract/export-sources.ts';
import {
  type ExportSource,
  exportText,
  type TableSource,
  tableText,
} from '#lib/contract/export-text.ts';
import type { ImageFilter } from '#lib/contract/images.ts';
import type { ExportFormat, TableFormat } from '#lib/contract/paging.ts';
import type { PublishedFilter } from '#lib/contract/sources.ts';
import type { WorkloadFilter } from '#lib/contract/workloads.ts';
import { server } from '#lib/wiring/server.ts';

/** Every workload of a filter as a download. */
export const exportWorkloads = async (filter: WorkloadFilter, format: ExportFormat) =>
  exportResponse(workloadExport((await server()).store.allWorkloads(filter)), format);

/** Every finding of a filter as a download. */
export const exportFindings = async (filter: WorkloadFilter, format: ExportFormat) =>
  exportResponse(findingExport((await server()).store.allFindings(filter)), format);

/** Every image of a filter as a download. */
export const exportImages = async (filter: ImageFilter, format: ExportFormat) =>
  exportResponse(imageExport((await server()).store.allImages(filter)), format);

/** Every published tag of a filter as a download. */
export const exportPublished = async (filter: PublishedFilter, format: ExportFormat) =>
  exportResponse(publishedExport((await server()).store.allPublished(filter)), format);

const contentTypes: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  sarif: 'application/sarif+json',
};

/**
 * Streams every row of a list. When the source fails midway the stream is broken on purpose, so that
 * half a file never passes for a whole one.
 */
const exportResponse = <T extends object>(source: ExportSource<T>, format: ExportFormat) =>
  download(source.name, format, exportText(source, format));

/** The same for a list whose rows are no findings. */
export const tableResponse = <T extends object>(source: TableSource<T>, format: TableFormat) =>
  download(source.name, format, tableText(source, format));

function download(name: string, format: ExportFormat, chunks: AsyncGenerator<string>): Response {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await chunks.return?.(undefined);
    },
  });
  return new Response(stream, {
    headers: {
      'content-type': contentTypes[format],
      'content-disposition': `attachment; filename="${name}.${format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
