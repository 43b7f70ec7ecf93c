import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, settled, test } from './fixtures.ts';
import { pages } from './pages.ts';

/** What axe objects to, one line each. Only the contrast of colours depends on the theme. */
async function objections(page: Page, part = 'html', rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page }).include(part).options({ resultTypes: ['violations'] });
  const { violations, passes, incomplete } = await (rules ? axe.withRules(rules) : axe).analyze();
  expect(violations.length + passes.length + incomplete.length, 'axe looked').toBeGreaterThan(0);
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

test.describe('A reader with assistive technology', () => {
  for (const [name, pathOf] of Object.entries(pages))
    test(`meets nothing that axe objects to on ${name}, in light and dark, wide and narrow`, async ({
      page,
      request,
      complaints,
    }) => {
      if (name === 'not-found') complaints.expected(/status of 404/);
      const path = await pathOf(request);
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme: 'light' });
        await page.goto(path);
        await settled(page);
        expect.soft(await objections(page), `light, ${width} px`).toEqual([]);
        await page.emulateMedia({ colorScheme: 'dark' });
        const dark = await objections(page, 'html', ['color-contrast']);
        expect.soft(dark, `dark, ${width} px`).toEqual([]);
      }
    });

  test('meets nothing that axe objects to in what opens over a page', async ({ page }) => {
    await page.goto('/workloads');
    await settled(page);
    const open = {
      palette: () => page.keyboard.press('Control+k'),
      keys: () => page.keyboard.press('?'),
      export: () => page.getByRole('button', { name: /^Export/ }).click(),
      scope: () => page.getByRole('combobox', { name: /^Cluster:/ }).click(),
      sources: () => page.getByRole('button', { name: /^Updated/ }).click(),
    };
    for (const [name, act] of Object.entries(open)) {
      await act();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect.soft(await objections(page, '[role=dialog]'), name).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
  });
});
