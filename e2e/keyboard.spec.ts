import type { Page } from '@playwright/test';
import { expect, rowsOf, settled, test } from './fixtures.ts';

/** Where the focus is, and whether a reader can see that it is there. */
const focus = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const marks = (style: CSSStyleDeclaration) =>
      style.boxShadow !== 'none' || (style.outlineStyle !== 'none' && style.outlineWidth !== '0px');
    // A row and a chip draw the ring on what stands in them or around them.
    const around = [
      element,
      element.parentElement,
      element.closest('label, [role=combobox]'),
      element.querySelector('th'),
    ];
    return {
      name: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 40)}`,
      body: element === document.body,
      seen: around.some((item) => item !== null && marks(getComputedStyle(item))),
    };
  });

test.describe('With the keyboard alone, a reader', () => {
  test('jumps over the navigation to the content', async ({ page }) => {
    await page.goto('/');
    await settled(page);
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page.locator('#main')).toBeFocused();
  });

  test('opens the search with / and the palette with Ctrl+K, and a workload from it', async ({
    page,
  }) => {
    await page.goto('/');
    await settled(page);
    const palette = page.getByRole('dialog', { name: 'Search and commands' });
    await page.keyboard.press('/');
    await expect(palette.getByRole('combobox', { name: 'Search' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(palette).toBeHidden();

    await page.keyboard.press('Control+k');
    await expect(palette).toBeVisible();
    await page.keyboard.type('payouts');
    const first = palette.getByRole('group', { name: 'Found' }).getByRole('option').first();
    await expect(first).toContainText('payouts');
    const name = (await first.locator('bdi').first().innerText()).trim();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/workloads\//);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  });

  test('reads the table of keys with ? and goes to pages with g and a letter', async ({ page }) => {
    await page.goto('/');
    await settled(page);
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await expect(keys).toContainText('Open the row beside the list');
    await page.keyboard.press('Escape');
    await expect(keys).toBeHidden();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await expect(page).toHaveURL(/\/images$/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Images');
  });

  test('walks a list with j and k, opens a row with Enter, closes it with Esc, and its page with Shift+Enter', async ({
    page,
  }) => {
    await page.goto('/workloads');
    await settled(page);
    await page.keyboard.press('j');
    await expect(rowsOf(page).nth(0)).toBeFocused();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await expect(rowsOf(page).nth(1)).toBeFocused();
    expect((await focus(page)).seen, 'the focused row is marked').toBe(true);

    const panel = page.getByRole('complementary', { name: 'Workload' });
    await page.keyboard.press('Enter');
    await expect(panel).toBeVisible();
    await expect(page).toHaveURL(/open=/);
    await expect(rowsOf(page).nth(1), 'the focus stays in the list').toBeFocused();
    await page.keyboard.press('Escape');
    await expect(panel).toBeHidden();
    await page.keyboard.press('Space');
    await expect(rowsOf(page).nth(1)).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Shift+Enter');
    await expect(page).toHaveURL(/\/workloads\//);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  });

  for (const path of ['/', '/workloads', '/images', '/registries', '/clusters', '/settings'])
    test(`leaves every element of ${path} again, and always sees where the focus is`, async ({
      page,
    }) => {
      await page.goto(path);
      await settled(page);
      const stops: string[] = [];
      const unseen: string[] = [];
      // Chromium hands the focus to its own frame after the last element: the body.
      await expect
        .poll(
          async () => {
            await page.keyboard.press('Tab');
            const { name, seen, body } = await focus(page);
            if (!body && !seen) unseen.push(name);
            if (!body) stops.push(name);
            return body;
          },
          { intervals: [0], timeout: 20_000 },
        )
        .toBe(true);
      expect(unseen).toEqual([]);
      expect(stops.length).toBeGreaterThan(12);
    });
});
