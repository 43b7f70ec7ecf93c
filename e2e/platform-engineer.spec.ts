import type { ClusterList, RegistryDetail, ScanRow, SourceList } from '#lib/contract/sources.ts';
import { reasons } from '#lib/model/reasons.ts';
import { expect, footerCounts, read, rowsOf, setFault, settled, test } from './fixtures.ts';
import { urlOf } from './servers.ts';

const pages = ['/', '/workloads', '/images', '/registries', '/clusters', '/settings'] as const;
const registry = 'registry.acme.example';

test.describe('A platform engineer', () => {
  test('sees a cluster that does not answer named on every page, with the rows of the others', async ({
    page,
    request,
  }) => {
    test.setTimeout(120_000);
    const troubled = urlOf('troubled');
    const staging = async () => {
      const { items } = await read<SourceList>(request, `${troubled}/api/v1/sources`);
      return items.find(({ name }) => name === 'staging')?.state;
    };
    await expect.poll(staging, { timeout: 90_000 }).toBe('stale');
    for (const path of pages) {
      await page.goto(`${troubled}${path}`);
      await settled(page);
      const banner = page.getByRole('status').filter({ hasText: '1 of 4 clusters is stale' });
      await expect(banner, path).toContainText('staging last reported');
    }
    await page.getByRole('link', { name: 'See the cause' }).click();
    await expect(page).toHaveURL(/\/clusters#staging/);
    const { title, remedy } = reasons['cluster-unreachable'];
    const sources = page.getByRole('region', { name: 'Sources of inventory' });
    await expect(sources).toContainText(title);
    await expect(sources).toContainText(remedy);

    const { items } = await read<ClusterList>(request, `${troubled}/api/v1/clusters`);
    expect(items).toHaveLength(4);
    for (const { name, workloads } of items) {
      expect(workloads, name).toBeGreaterThan(0);
      await page.goto(`${troubled}/workloads?cluster=${name}`);
      await settled(page);
      expect((await footerCounts(page)).rows, `rows of ${name}`).toBe(workloads);
      const marked = rowsOf(page).first().getByText('stale', { exact: true });
      await expect(marked).toHaveCount(name === 'staging' ? 1 : 0);
    }
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
    await expect(
      page
        .getByRole('row')
        .filter({ hasText: registry })
        .getByText(/could not be read$/),
    ).toBeVisible();
    await page.getByRole('link', { name: registry }).click();
    await settled(page);
    const row = page
      .getByRole('table', { name: 'Repositories of this registry' })
      .getByRole('row')
      .filter({ hasText: refused?.repository ?? '' });
    await expect(row).toContainText(reasons['registry-unauthorized'].title);
    await expect(row).toContainText(reasons['registry-unauthorized'].remedy);
    await page.goto('/clusters');
    await settled(page);
    await page.getByText('sources failed, the others went on').click();
    const failure = page
      .getByRole('region', { name: 'Scan' })
      .getByRole('listitem')
      .filter({ hasText: `${registry}/${refused?.repository}` });
    await expect(failure).toContainText(reasons['registry-unauthorized'].remedy);
  });

  test('starts a scan, sees it run, and stops it', async ({ page, request }) => {
    // Slow enough to be seen and stopped.
    await setFault('lab', request, {
      cluster: 'prod-us',
      fault: { kind: 'slow', ms: 2_000 },
    });
    try {
      await page.goto('/clusters');
      await settled(page);
      await page.getByRole('button', { name: 'Scan now' }).click();
      await expect(page.getByRole('button', { name: 'Scan is running' })).toBeDisabled();
      await expect(
        page.getByRole('progressbar', { name: 'Read clusters and registries' }),
      ).toBeVisible();
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
      await setFault('lab', request, { cluster: 'prod-us', fault: null });
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
    // Tags outside the pattern are counted as left out, not listed.
    const listed = (chosen?.tags ?? 0) - (chosen?.skippedTags ?? 0);
    const tags = page.getByRole('table', { name: 'Published tags' });
    await expect(tags.locator('tbody tr')).toHaveCount(listed);
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
