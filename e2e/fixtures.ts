import { readFileSync } from 'node:fs';
import {
  type APIRequestContext,
  test as base,
  expect,
  type Locator,
  type Page,
} from '@playwright/test';
import type { FaultOrder } from '#lib/lab/control.ts';
import { controlFile, type Fleet } from './servers.ts';

/** What a page said that no page may say. */
export interface Complaints {
  /** Failures that the test brings about itself are none. */
  expected(pattern: RegExp): void;
}

/**
 * Every test fails when a page writes an error or a warning to the console, throws, or breaks its
 * content security policy (which Chromium reports as a console error).
 */
export const test = base.extend<{ complaints: Complaints }>({
  complaints: [
    async ({ page }, use) => {
      const found: string[] = [];
      const allowed: RegExp[] = [];
      page.on('console', (message) => {
        const text = `${message.type()}: ${message.text()} (${message.location().url})`;
        if (['error', 'warning'].includes(message.type())) found.push(text);
      });
      page.on('pageerror', (error) => found.push(`uncaught: ${error.stack ?? error.message}`));
      await use({ expected: (pattern) => allowed.push(pattern) });
      const left = found.filter((text) => !allowed.some((pattern) => pattern.test(text)));
      expect(left, 'what the page complained about').toEqual([]);
    },
    { auto: true },
  ],
});

/** Reads an answer of the API as the shape that the caller knows it has. */
export async function read<T>(request: APIRequestContext, path: string): Promise<T> {
  const response = await request.get(path);
  expect(response.status(), `status of ${path}`).toBe(200);
  return (await response.json()) as T;
}

/** Switches a fault of a lab on; `null` heals. */
export async function setFault(
  fleet: Fleet,
  request: APIRequestContext,
  order: FaultOrder,
): Promise<void> {
  const control = readFileSync(controlFile(fleet), 'utf8');
  const response = await request.post(`${control}/lab/faults`, { data: order });
  expect(response.status(), await response.text()).toBe(204);
}

interface Scans {
  readonly items: readonly { readonly id: string; readonly state: string }[];
}

/** Waits until no scan runs and at least one has finished. */
export async function scanned(request: APIRequestContext, origin = ''): Promise<void> {
  const state = async () => {
    const response = await request.get(`${origin}/api/v1/scans`).catch(() => undefined);
    if (response?.status() !== 200) return 'no answer';
    const { items } = (await response.json()) as Scans;
    if (items.some(({ state }) => ['queued', 'running', 'stopping'].includes(state))) return 'busy';
    return items.some(({ state }) => state === 'done') ? 'scanned' : 'never scanned';
  };
  await expect.poll(state, { timeout: 90_000 }).toBe('scanned');
}

/** Waits until a page shows its content, nothing of it is still being read, and it reacts. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('h1').first()).toBeVisible();
  await expect(
    page.locator('[role=status][aria-label^="Reading"], [role=status][aria-label^="Loading"]'),
  ).toHaveCount(0);
  await expect(page.locator('tr[aria-busy=true]')).toHaveCount(0);
  // React marks the elements that it has taken over from the server's HTML.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('button, input, a')].every((element) =>
      Object.keys(element).some((key) => key.startsWith('__reactProps$')),
    ),
  );
}

/** Rows of a list with data, in the order shown. */
export const rowsOf = (page: Page): Locator => page.locator('tbody tr[data-index]');

/** `1–17 of 424 workloads, 1,177 containers` as numbers. */
export async function footerCounts(
  page: Page,
): Promise<{ readonly rows: number; readonly containers: number | undefined }> {
  const line = page.locator('main footer p').first();
  await expect(line).toContainText(/ of \d/);
  const text = (await line.innerText()).replaceAll(',', '');
  const rows = /of (\d+) /.exec(text)?.[1];
  const containers = / (\d+) containers?/.exec(text)?.[1];
  expect(rows, `a count in "${text}"`).toBeDefined();
  return {
    rows: Number(rows),
    containers: containers === undefined ? undefined : Number(containers),
  };
}

export { expect };
