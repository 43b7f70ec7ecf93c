import type { RegistryDetail, ScanRow, SourceList } from '#lib/contract/sources.ts';
import type { WorkloadPage } from '#lib/contract/workloads.ts';
import { reasons } from '#lib/model/reasons.ts';
import { expect, footerCounts, read, rowsOf, scanned, setFault, settled, test } from './fixtures.ts';

const pages = ['/', '/workloads', '/images', '/registries', '/clusters', '/settings'] as const;
const registry = 'registry.acme.example';

test.describe('A platform engineer', () => {
  test('sees a cluster that does not answer named on every page, with the rows of the others', async ({
    page,
    request,
  }) => {
    test.setTimeout(90_000);
    const before = await read<WorkloadPage>(request, '/api/v1/workloads?limit=1');
    await setFault(request, { cluster: 'staging', fault: { kind: 'down' } });
    try {
      await request.post('/api/v1/scans', { data: {} });
      await expect
        .poll(
          async () => {
            const { items } = await read<SourceList>(request, '/api/v1/sources');
            return items.find(({ name }) => name === 'staging')?.state;
          },
          { timeout: 60_000 },
        )
        .toMatch(/^(stale|failed)$/);
      for (const path of pages) {
        await page.goto(path);
        await settled(page);
        const banner = page.getByRole('status').filter({ hasText: '1 of 3 clusters is stale' });
        await expect(banner, path).toContainText('staging last reported');
      }
      await page.getByRole('link', { name: 'See the cause' }).click();
      await expect(page).toHaveURL(/\/clusters#staging/);
      const { title, remedy } = reasons['cluster-unreachable'];
      const sources = page.getByRole('region', { name: 'Sources of inventory' });
      await expect(sources).toContainText(title);
      await expect(sources).toContainText(remedy);

      await page.goto('/workloads');
      await settled(page);
      expect((await footerCounts(page)).rows, 'no row is lost').toBe(before.total);
      await page.goto('/workloads?cluster=staging');
      await settled(page);
      await expect(rowsOf(page).first()).toContainText('stale');
    } finally {
      await setFault(request, { cluster: 'staging', fault: null });
      await request.post('/api/v1/scans', { data: {} });
      await scanned(request);
    }
    await expect
      .poll(async () => {
        const { items } = await read<SourceList>(request, '/api/v1/sources');
        return items.find(({ name }) => name === 'staging')?.state;
      })
      .toBe('current');
    await page.goto('/');
    await settled(page);
    await expect(page.getByText('clusters is stale')).toBeHidden();
  });

  test('finds the repository whose registry refuses the credentials, with what to do', async ({
    page,
    request,
  }) => {
    const { repositories } = await read<RegistryDetail>(request, `/api/v1/registries/${registry}`);
    const refused = repositories.find(({ reason }) => reason === 'registry-unauthorized');
    expect(refused, 'the lab has a repository that refuses us').toBeDefined();
    await page.goto('/registries');
    await settled(page);
    await page.getByRole('link', { name: registry }).click();
    await settled(page);
    const row = page
      .getByRole('table', { name: 'Repositories of this registry' })
      .getByRole('row')
      .filter({ hasText: refused?.repository ?? '' });
    await expect(row).toContainText(reasons['registry-unauthorized'].title);
    await page.goto('/clusters');
    await settled(page);
    const failure = page
      .getByRole('list', { name: 'Sources that failed' })
      .getByRole('listitem')
      .filter({ hasText: `${registry}/${refused?.repository}` });
    await expect(failure).toContainText(reasons['registry-unauthorized'].remedy);
  });

  test('starts a scan, sees it run, and stops it', async ({ page, request }) => {
    // Slow enough to be seen and stopped.
    await setFault(request, { cluster: 'prod-us', fault: { kind: 'slow', ms: 2_000 } });
    try {
      await page.goto('/clusters');
      await settled(page);
      await page.getByRole('button', { name: 'Scan now' }).click();
      await expect(page.getByRole('button', { name: 'Scan is running' })).toBeDisabled();
      await expect(page.getByRole('progressbar', { name: 'Inventory' })).toBeVisible();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      const newest = async () => {
        const { items } = await read<{ items: readonly ScanRow[] }>(request, '/api/v1/scans');
        return items[0];
      };
      await expect.poll(async () => (await newest())?.state, { timeout: 20_000 }).toBe('stopped');
      expect((await newest())?.trigger).toBe('request');
      await expect(page.getByRole('region', { name: 'Scan' })).toContainText('Stopped');
      await expect(page.getByRole('button', { name: 'Scan now' })).toBeEnabled();
    } finally {
      await setFault(request, { cluster: 'prod-us', fault: null });
    }
  });

  test('goes from the coverage of release tags to the tags of one repository', async ({
    page,
    request,
  }) => {
    const { repositories } = await read<RegistryDetail>(request, `/api/v1/registries/${registry}`);
    const chosen = repositories.find(({ releaseTags, tags }) => releaseTags.total > 0 && tags > 1);
    expect(chosen).toBeDefined();
    await page.goto('/');
    await settled(page);
    await page
      .getByRole('region', { name: 'Release tags' })
      .getByRole('link', { name: 'By registry' })
      .click();
    await page.getByRole('link', { name: registry }).click();
    await page.getByRole('link', { name: chosen?.repository ?? '', exact: true }).click();
    await expect(page).toHaveURL(/repository=/);
    const tags = page.getByRole('table', { name: 'Published tags' });
    await expect(tags.locator('tbody tr')).toHaveCount(chosen?.tags ?? 0);
    for (const row of await tags.locator('tbody tr').all())
      await expect(row).toContainText(chosen?.repository ?? '');
    const released = tags.locator('tbody tr').filter({ hasText: 'release' });
    await page.getByRole('button', { name: 'Releases only' }).click();
    await expect(tags.locator('tbody tr')).toHaveCount(chosen?.releaseTags.total ?? 0);
    await expect(released).toHaveCount(chosen?.releaseTags.total ?? 0);

    await page.getByRole('button', { name: 'Export' }).click();
    const file = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    expect((await file).suggestedFilename()).toMatch(/\.csv$/);
  });
});
