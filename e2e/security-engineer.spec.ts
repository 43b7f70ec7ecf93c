import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { Overview } from '#lib/contract/overview.ts';
import type { Page as ListPage } from '#lib/contract/paging.ts';
import type { WorkloadDetail, WorkloadPage, WorkloadRow } from '#lib/contract/workloads.ts';
import { reasons } from '#lib/model/reasons.ts';
import { parseCsv } from './csv.ts';
import { expect, footerCounts, read, rowsOf, settled, test } from './fixtures.ts';

const production = 'cluster=prod-eu&cluster=prod-us';

/** Rows in an export: without the header of CSV, the results of SARIF. */
const countRows: Readonly<Record<string, (text: string) => number>> = {
  CSV: (text) => parseCsv(text).length - 1,
  JSON: (text) => (JSON.parse(text) as unknown[]).length,
  NDJSON: (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object).length,
  SARIF: (text) =>
    (JSON.parse(text) as { runs: { results: unknown[] }[] }).runs[0]?.results.length ?? 0,
};

/** Goes from the overview to the unsigned workloads of production, by what the pages offer. */
async function openUnsignedInProduction(page: Page): Promise<void> {
  await page.goto('/workloads');
  await settled(page);
  await page.getByRole('combobox', { name: /^Cluster:/ }).click();
  for (const name of [/^prod-eu/, /^prod-us/]) {
    const option = page.getByRole('option', { name });
    await option.click();
    await expect(option).toHaveAttribute('aria-selected', 'true');
  }
  await page.keyboard.press('Escape');
  await page.getByRole('group', { name: 'Status' }).getByText('Unsigned', { exact: true }).click();
  await expect(page).toHaveURL(/status=unsigned/);
  await expect(page).toHaveURL(/cluster=prod-eu&cluster=prod-us/);
  await settled(page);
}

async function download(page: Page, format: string): Promise<string> {
  await page.getByRole('button', { name: /^Export/ }).click();
  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: new RegExp(`^${format} `) }).click();
  const text = await readFile(await (await file).path(), 'utf8');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  return text;
}

/** Opens every row of the tables that folds out. */
async function unfold(page: Page): Promise<void> {
  const folded = page.locator('main table button[aria-expanded=false]');
  while ((await folded.count()) > 0) await folded.first().click();
}

/** Links to workloads that consist of a number, with that number. */
const countedLinks = (page: Page): Promise<(readonly [string, number])[]> =>
  page.locator('main a[href^="/workloads"]').evaluateAll((links) =>
    links
      .map((link) => {
        const text = link.querySelector('.count')?.textContent ?? link.textContent ?? '';
        const count = /^[\d,]+$/.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN;
        return [link.getAttribute('href') ?? '', count] as const;
      })
      .filter(([, count]) => !Number.isNaN(count)),
  );

test.describe('A security engineer', () => {
  test('finds every unsigned workload in production and exports exactly those', async ({
    page,
    request,
  }) => {
    await openUnsignedInProduction(page);
    const { total, containers } = await read<WorkloadPage>(
      request,
      `/api/v1/workloads?${production}&status=unsigned`,
    );
    expect(total).toBeGreaterThan(10);
    expect(await footerCounts(page)).toEqual({ rows: total, containers });
    await expect(page.getByRole('button', { name: /^Export/ })).toHaveText(`Export ${total}`);

    const csv = await download(page, 'CSV');
    const [head = [], ...rows] = parseCsv(csv);
    expect(rows).toHaveLength(total);
    for (const row of rows) {
      expect(row).toHaveLength(head.length);
      expect(row[head.indexOf('status')]).toBe('unsigned');
      expect(['prod-eu', 'prod-us']).toContain(row[head.indexOf('cluster')]);
    }
    for (const format of ['JSON', 'NDJSON', 'SARIF'])
      expect(countRows[format]?.(await download(page, format)), format).toBe(total);
  });

  test('scrolls through every row that the footer counts', async ({ page }) => {
    await page.goto(`/workloads?${production}&status=unsigned`);
    await settled(page);
    const { rows } = await footerCounts(page);
    const seen = new Set<string>();
    await rowsOf(page).first().focus();
    await expect
      .poll(async () => {
        for (const index of await rowsOf(page).evaluateAll((all) =>
          all.map((row) => row.getAttribute('data-index') ?? ''),
        ))
          seen.add(index);
        await page.keyboard.press('PageDown');
        return seen.size;
      })
      .toBe(rows);
  });

  test('opens an unsigned workload and reads why, what to do, who acts and where we looked', async ({
    page,
    request,
  }) => {
    const { items } = await read<WorkloadPage>(
      request,
      `/api/v1/workloads?${production}&status=unsigned&reason=no-signature`,
    );
    const [first] = items;
    expect(first).toBeDefined();
    await page.goto(`/workloads?${production}&status=unsigned&reason=no-signature`);
    await settled(page);
    await rowsOf(page).first().getByRole('gridcell').first().click();
    const panel = page.getByRole('complementary', { name: 'Workload' });
    await expect(panel.getByRole('heading', { level: 2 })).toHaveText(first?.name ?? '');
    const { title, remedy } = reasons['no-signature'];
    await expect(panel.getByText(title).first()).toBeVisible();
    await expect(panel.getByText(remedy).first()).toBeVisible();
    await expect(panel.getByText('Image owner:').first()).toBeVisible();

    await panel.getByRole('link', { name: 'Open the page' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(first?.name ?? '');
    await expect(page.getByText('Owner', { exact: true })).toBeVisible();
    await expect(page.getByText(first?.team ?? 'no team label', { exact: true })).toBeVisible();

    await page.goto(`/images/${first?.digest}`);
    await settled(page);
    const places = page.getByRole('region', { name: 'Where we looked' });
    await expect(places.getByRole('listitem').first()).toBeVisible();
    await expect(places).toContainText('Searched');
    await expect(places, 'unsigned may be said only when no search failed').not.toContainText(
      'Could not search',
    );
  });

  test('finds a tag that moved, with the digest that runs and the one that the tag names now', async ({
    page,
    request,
  }) => {
    await page.goto('/workloads');
    await settled(page);
    await page.getByRole('combobox', { name: /^Finding/ }).click();
    await page.getByRole('option', { name: /^Tag moved/ }).click();
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/finding=tag-moved/);
    await settled(page);
    const { items, total } = await read<ListPage<WorkloadRow>>(
      request,
      '/api/v1/workloads?finding=tag-moved',
    );
    await expect(page.locator('main footer p').first()).toContainText(`of ${total} workloads`);
    const row = items[0];
    const detail = await read<WorkloadDetail>(
      request,
      `/api/v1/workloads/${encodeURIComponent(row?.id ?? '')}`,
    );
    const moved = detail.uses.find(({ tagNow }) => tagNow.state === 'moved');
    expect(moved?.tagNow.digest).not.toBe(moved?.digest);

    await rowsOf(page).first().getByRole('gridcell').first().click();
    const panel = page.getByRole('complementary', { name: 'Workload' });
    await expect(panel.getByText('another digest: the next restart pulls it')).toBeVisible();
    for (const digest of [moved?.digest, moved?.tagNow.digest])
      await expect(panel.getByTitle(digest ?? '').first()).toBeVisible();
  });

  test('opens every number of the overview and finds as many containers', async ({
    page,
    request,
  }) => {
    await page.goto('/');
    await settled(page);
    const links = new Map<string, number>();
    for (const tab of ['By cluster', 'By registry', 'By team']) {
      await page.getByRole('tab', { name: tab }).click();
      await unfold(page);
      for (const [href, count] of await countedLinks(page)) links.set(href, count);
    }
    expect(links.size).toBeGreaterThan(40);
    const wrong: string[] = [];
    for (const [href, count] of links) {
      const { containers } = await read<WorkloadPage>(request, `/api/v1${href}&limit=1`);
      if (containers !== count) wrong.push(`${href} says ${count}, opens ${containers}`);
    }
    expect(wrong).toEqual([]);
  });

  test('follows the five counts of the overview to lists with the same count', async ({
    page,
    request,
  }) => {
    const { counts } = await read<Overview>(request, '/api/v1/overview');
    for (const status of [
      'verified',
      'inconclusive',
      'untrusted',
      'unsigned',
      'invalid',
    ] as const) {
      await page.goto('/');
      await settled(page);
      await page
        .getByRole('region', { name: 'Coverage', exact: true })
        .getByRole('listitem')
        .locator(`a[href*="status=${status}"]`)
        .click();
      await expect(page).toHaveURL(new RegExp(`/workloads\\?status=${status}`));
      await settled(page);
      expect((await footerCounts(page)).containers, status).toBe(counts[status]);
    }
  });

  test('opens each need of the overview and finds as many workloads and containers', async ({
    page,
    request,
  }) => {
    const { needs } = await read<Overview>(request, '/api/v1/overview');
    expect(needs.length).toBeGreaterThan(3);
    await page.goto('/');
    await settled(page);
    const table = page.getByRole('table', { name: 'Findings by kind and reason' });
    for (const [index, { title, containers, workloads }] of needs.entries()) {
      const link = table.locator('tbody tr').nth(index).getByRole('link', { name: title });
      const href = await link.first().getAttribute('href');
      const found = await read<WorkloadPage>(request, `/api/v1${href}&limit=1`);
      expect({ title, containers: found.containers, workloads: found.total }).toEqual({
        title,
        containers,
        workloads,
      });
    }
  });
});
