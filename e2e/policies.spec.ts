import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { ControlMatrix, DecisionPage } from '#lib/contract/decisions.ts';
import type { DisagreementPage } from '#lib/contract/disagreements.ts';
import type { PolicyPage } from '#lib/contract/policies.ts';
import type { Simulation, SimulationPage } from '#lib/contract/simulations.ts';
import { parseCsv } from './csv.ts';
import { expect, footerCounts, read, rowsOf, settled, test } from './fixtures.ts';

/** Presses Tab until a control that says so has the focus; nothing is touched by mouse. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const focused = () =>
    page.evaluate(() => {
      const control = document.activeElement?.closest('a, button, input, summary');
      if (!control) return '';
      const label = control.closest('label')?.textContent ?? '';
      return `${control.getAttribute('aria-label') ?? ''} ${control.textContent} ${label}`.trim();
    });
  for (let step = 0; step < 150; step++) {
    if (name.test(await focused())) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard never comes to ${name}`);
}

/** Walks down a list until the row says so. */
async function walkTo(page: Page, says: readonly string[]): Promise<void> {
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('j');
    const text = await page.evaluate(() => document.activeElement?.textContent ?? '');
    if (says.every((one) => text.includes(one))) return;
  }
  throw new Error(`no row says ${says.join(', ')}`);
}

async function goTo(page: Page, letter: string, heading: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(letter);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  await settled(page);
}

test.describe('A platform engineer', () => {
  test('finds with the keyboard what an audit policy would refuse in a namespace, exports it and copies the patch', async ({
    page,
    request,
    context,
  }) => {
    test.setTimeout(120_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const { items } = await read<PolicyPage>(request, '/api/v1/policies?mode=audit&limit=500');
    const audit = items.find(
      ({ engine, verifies, counts }) => engine === 'kyverno' && verifies && counts.wouldRefuse > 3,
    );
    if (audit === undefined) throw new Error('the lab has an audit policy that would refuse');

    await page.goto('/');
    await settled(page);
    await goTo(page, 'p', 'Policies');
    await walkTo(page, [audit.name, 'Audit', audit.cluster]);
    await page.keyboard.press('Shift+Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(audit.name);
    await settled(page);

    const gap = await read<DecisionPage>(
      request,
      `/api/v1/decisions?policy=${audit.id}&gap=yes&limit=500`,
    );
    const [worst] = gap.items;
    if (worst === undefined) throw new Error('somebody would be refused');
    const first = rowsOf(page).first();
    await expect(first).toContainText(worst.workload);
    await expect(first).toContainText('Refused');
    await expect(first).toContainText(worst.why.slice(0, 20));

    await page.locator('#main').focus();
    await tabTo(page, /^Simulate enforcement/);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Simulate');
    await settled(page);
    await tabTo(page, /Workloads of|All namespaces/);
    await page.keyboard.press('Enter');
    const option = page.getByRole('option', { name: new RegExp(`^${worst.namespace}`) });
    await expect(option.first()).toBeVisible();
    await page.keyboard.type(worst.namespace);
    await expect(page.getByRole('option')).toHaveCount(1);
    if ((await option.getAttribute('data-highlighted')) === null)
      await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(option).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    await expect(page).toHaveURL(/\/simulate\/[0-9a-f-]{36}/);
    const result = page.getByRole('region', { name: 'Result' });
    await expect(result).toBeVisible({ timeout: 30_000 });

    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const simulation = await read<Simulation>(request, `/api/v1/simulations/${id}`);
    expect(simulation.request.namespaces).toEqual([worst.namespace]);
    const expected = new Set(
      gap.items
        .filter(({ namespace }) => namespace === worst.namespace)
        .map(({ workloadId }) => workloadId),
    );
    const rows = await read<SimulationPage>(
      request,
      `/api/v1/simulations/${id}/rows?change=newly-refused&limit=500`,
    );
    expect(new Set(rows.items.map(({ workloadId }) => workloadId))).toEqual(expected);
    expect(rows.total).toBe(simulation.counts.newlyRefused);

    await settled(page);
    const shown = (await footerCounts(page)).rows;
    await tabTo(page, /^Export/);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('link', { name: /^CSV / })).toBeVisible();
    const file = page.waitForEvent('download');
    await tabTo(page, /^CSV/);
    await page.keyboard.press('Enter');
    const text = await readFile(await (await file).path(), 'utf8');
    expect(parseCsv(text)).toHaveLength(shown + 1);
    await page.keyboard.press('Escape');

    await tabTo(page, /^ClusterPolicy/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^Copy the command/);
    await page.keyboard.press('Enter');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('kubectl patch');
    expect(copied).toContain(audit.name);
  });

  test('finds the namespace that no engine covers, and reads why', async ({ page, request }) => {
    const { items } = await read<ControlMatrix>(request, '/api/v1/control?mode=none');
    const [bare] = items;
    if (bare?.why == null) throw new Error('the lab has a namespace without control');
    await page.goto('/');
    await settled(page);
    await goTo(page, 'c', 'Clusters');
    const matrix = page.getByRole('table', {
      name: 'Namespaces by engine with the mode in effect',
    });
    await tabTo(page, /^None\s*\d/);
    await page.keyboard.press('Space');
    const row = matrix
      .getByRole('row')
      .filter({ hasText: new RegExp(`^${bare.namespace}`) })
      .filter({ hasText: bare.why.slice(0, 40) })
      .first();
    await expect(row).toContainText('None');
  });
});

test.describe('A security engineer', () => {
  test('finds with the keyboard an engine’s green that is not proven', async ({
    page,
    request,
  }) => {
    const { items } = await read<DisagreementPage>(
      request,
      '/api/v1/disagreements?kind=passes-and-we-refute',
    );
    const [green] = items;
    if (green === undefined) throw new Error('the lab has a green that is not proven');
    await page.goto('/');
    await settled(page);
    await goTo(page, 'd', 'Disagreements');
    const first = rowsOf(page).first();
    await expect(first).toContainText(green.title);
    await expect(first).toContainText(green.workload);
    await walkTo(page, [green.workload]);
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary').filter({ hasText: green.workload });
    await expect(panel).toContainText(green.policy);
    await expect(panel).toContainText(green.remedy);
  });
});
