import { AxeBuilder } from '@axe-core/playwright';
import { expect, settled, test } from './fixtures.ts';
import { pages } from './pages.ts';

const looks = [
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 1440 },
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 390 },
] as const;

test.describe('A reader with assistive technology', () => {
  for (const [name, pathOf] of Object.entries(pages))
    test(`meets nothing that axe objects to on ${name}, in light and dark, wide and narrow`, async ({
      page,
      request,
      complaints,
    }) => {
      if (name === 'not-found') complaints.expected(/404/);
      const path = await pathOf(request);
      const violations: string[] = [];
      for (const { colorScheme, width } of looks) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 900 });
        await page.goto(path);
        await settled(page);
        const result = await new AxeBuilder({ page }).analyze();
        expect(result.passes.length, 'axe looked at something').toBeGreaterThan(10);
        for (const { id, nodes } of result.violations)
          for (const { html, failureSummary } of nodes.slice(0, 3))
            violations.push(`${colorScheme} ${width}: ${id}: ${html.slice(0, 200)} ${failureSummary}`);
      }
      expect(violations).toEqual([]);
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
      const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
      expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
  });
});
