import path from 'node:path';
import type { Page } from '@playwright/test';
import type { PolicyPage } from '#lib/contract/policies.ts';
import { expect, read, rowsOf, settled, test } from './fixtures.ts';
import { longNames } from './hostile-pods.ts';
import { pages } from './pages.ts';
import { urlOf } from './servers.ts';

const screenshots = path.resolve(import.meta.dirname, '../test-results/screenshots');
const widths = [1440, 390] as const;
const schemes = ['light', 'dark'] as const;

declare global {
  interface Window {
    /** Sum of all layout shifts that no input caused. */
    shifts: number;
    shifted: string[];
  }
}

/** Counts layout shifts from the first paint on. */
const watchShifts = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    interface Shift extends PerformanceEntry {
      readonly value: number;
      readonly hadRecentInput: boolean;
      readonly sources: readonly { readonly node: Element | null }[];
    }
    window.shifts = 0;
    window.shifted = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) {
        if (entry.hadRecentInput) continue;
        window.shifts += entry.value;
        window.shifted.push(
          ...entry.sources.map(({ node }) => (node?.outerHTML ?? 'a text').slice(0, 120)),
        );
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });

/** Opens a page, takes its screenshot in each colour scheme, and checks what holds everywhere. */
async function look(page: Page, url: string, state: string, name: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    // Ages go on while a page is looked at; that is no movement of loading.
    await page.clock.setFixedTime(new Date());
    await page.goto(url);
    await settled(page);
    await page.evaluate(() => document.fonts.ready);
    await expectWhole(page, `${state}/${name} at ${width}`);
    await shoot(page, state, `${name}-${width}`);
  }
}

async function expectWhole(page: Page, what: string): Promise<void> {
  const { shifts, shifted, wide } = await page.evaluate(() => ({
    shifts: window.shifts,
    shifted: window.shifted,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect.soft(wide, `${what} scrolls sideways by`).toBe(0);
  // Letters and news that arrive late move words by a hair; a tenth of what is called good is allowed.
  expect.soft(shifts, `${what} moves while it loads: ${shifted.join('\n')}`).toBeLessThan(0.01);
}

async function shoot(page: Page, state: string, name: string): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({
      path: path.join(screenshots, state, `${name}-${colorScheme}.png`),
      fullPage: true,
    });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test.beforeEach(({ page }) => watchShifts(page));

const everywhere = ['overview', 'workloads', 'images', 'registries', 'clusters', 'settings'];

test.describe('A reader sees', () => {
  for (const [name, pathOf] of Object.entries(pages))
    test(`${name} of the lab, still and whole at 1440 and 390 px`, async ({
      page,
      request,
      complaints,
    }) => {
      if (name === 'not-found') complaints.expected(/status of 404/);
      await look(page, await pathOf(request), 'lab', name);
    });

  for (const name of [...everywhere, 'policies', 'simulate', 'exceptions', 'disagreements'])
    test(`${name} with a source that fails and names without end`, async ({ page, request }) => {
      const pathname = await pages[name]?.(request);
      await look(page, `${urlOf('troubled')}${pathname}`, 'troubled', name);
    });

  test('which policies and namespaces are as old as their cluster', async ({ page, request }) => {
    test.setTimeout(120_000);
    const troubled = urlOf('troubled');
    const isStale = async () => {
      const url = `${troubled}/api/v1/policies?cluster=staging&limit=1`;
      return (await read<PolicyPage>(request, url)).items[0]?.stale;
    };
    await expect.poll(isStale, { timeout: 90_000 }).toBe(true);
    await page.goto(`${troubled}/policies?cluster=staging`);
    await settled(page);
    await expect(rowsOf(page).first()).toContainText('stale');
    const matrix = page.getByRole('table', { name: /^Namespaces by engine/ });
    await expect(matrix.getByRole('button', { name: /^staging/ })).toContainText('stale');
  });

  test('a long name in its row and in full on its page', async ({ page }) => {
    const url = `${urlOf('troubled')}/workloads?namespace=${longNames.namespace}`;
    await look(page, url, 'troubled', 'long-names');
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(longNames.workload);
    await look(page, page.url(), 'troubled', 'long-name');
  });

  test('that nothing is connected, and what to do, when the configuration is empty', async ({
    page,
  }) => {
    const empty = urlOf('empty');
    await look(page, `${empty}/`, 'empty', 'overview');
    await look(page, `${empty}/workloads`, 'empty', 'workloads');
    await expect(page.getByText('Nothing is connected yet')).toBeVisible();
    await look(page, `${empty}/images`, 'empty', 'images');
    await look(page, `${empty}/registries`, 'empty', 'registries');
    await expect(page.getByText('No registry is known yet')).toBeVisible();
    await look(page, `${empty}/clusters`, 'empty', 'clusters');
    await expect(page.getByText('No cluster is connected')).toBeVisible();
    await look(page, `${empty}/settings`, 'empty', 'settings');
    for (const name of ['policies', 'simulate', 'exceptions', 'disagreements'])
      await look(page, `${empty}/${name}`, 'empty', name);
  });

  test('that no row matches, and how to see all again', async ({ page }) => {
    await look(page, '/workloads?q=nothing-is-called-so', 'no-match', 'workloads');
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect(rowsOf(page).first()).toBeVisible();
  });

  test('that a workload or an image no longer exists', async ({ page, complaints }) => {
    complaints.expected(/status of 404/);
    for (const [name, url] of [
      ['workload', '/workloads/prod-eu%3Agone'],
      ['image', `/images/sha256:${'0'.repeat(64)}`],
      ['registry', '/registries/gone.example'],
    ] as const) {
      expect((await page.goto(url))?.status(), url).toBe(404);
      await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
      await shoot(page, 'missing', name);
    }
  });

  test('why nothing is listed while the API fails, and the rows once it answers', async ({
    page,
    complaints,
  }) => {
    complaints.expected(/503/);
    await page.goto('/workloads');
    await settled(page);
    await page.route('**/api/v1/workloads?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        json: { type: 'about:blank', title: 'Unavailable', status: 503, detail: 'Store is gone.' },
      }),
    );
    await page
      .getByRole('group', { name: 'Status' })
      .getByText('Unsigned', { exact: true })
      .click();
    const alert = page.getByRole('alert').filter({ hasText: 'Store is gone.' });
    await expect(alert).toBeVisible({ timeout: 20_000 });
    await shoot(page, 'failing', 'workloads-1440');
    await page.unroute('**/api/v1/workloads?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(alert).toBeHidden();
    await expect(rowsOf(page).first()).toContainText('Unsigned');
  });

  test('the overview of the README', async ({ page }) => {
    test.skip(process.env['SEALWATCH_README'] !== '1', 'writes docs/overview.png on demand');
    await page.goto('/');
    await settled(page);
    await page.screenshot({ path: path.resolve(import.meta.dirname, '../docs/overview.png') });
  });
});
