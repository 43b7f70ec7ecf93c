import { expect, read, rowsOf, settled, test } from './fixtures.ts';
import { hostileStrings } from './hostile-pods.ts';
import { urlOf } from './servers.ts';

interface ListOfScans {
  readonly items: readonly { readonly id: string }[];
}

test.describe('Nobody outside', () => {
  test('gets a script into a page: each answer allows only scripts with its own fresh nonce', async ({
    request,
  }) => {
    const nonces = new Set<string>();
    for (const path of ['/', '/workloads', '/no-such-page']) {
      const response = await request.get(path);
      const policy = response.headers()['content-security-policy'] ?? '';
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
      expect(scripts, path).not.toContain('unsafe-inline');
      expect(scripts, path).not.toContain('unsafe-eval');
      const nonce = /'nonce-([^']+)'/.exec(scripts)?.[1] ?? '';
      expect(Buffer.from(nonce, 'base64').length, path).toBeGreaterThanOrEqual(16);
      nonces.add(nonce);
      for (const [tag] of (await response.text()).matchAll(/<script\b[^>]*>/g))
        expect(tag, path).toContain(`nonce="${nonce}"`);
      expect(policy).toContain("object-src 'none'");
      expect(policy).toContain("base-uri 'none'");
    }
    expect(nonces.size).toBe(3);
  });

  test('frames a page, sniffs its type or learns addresses from its referrer', async ({
    request,
  }) => {
    for (const path of ['/', '/api/v1/scans', '/api/v1/workloads/export?as=csv']) {
      const headers = (await request.get(path)).headers();
      expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['referrer-policy'], path).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
      expect(headers['access-control-allow-origin'], path).toBeUndefined();
      expect(headers['x-powered-by'], path).toBeUndefined();
    }
  });

  test('starts a scan from another site', async ({ page, request, complaints }) => {
    const before = await read<ListOfScans>(request, '/api/v1/scans');
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]) {
      const response = await request.post('/api/v1/scans', { headers, data: {} });
      expect(response.status(), JSON.stringify(headers)).toBe(403);
    }
    const form = await request.post('/api/v1/scans', { form: { full: 'true' } });
    expect(form.status(), 'a form needs no preflight').toBe(415);

    complaints.expected(/CORS|ERR_FAILED|content security policy|favicon\.ico/i);
    // Another port is another origin, but the same site.
    await page.goto(`${urlOf('empty')}/health/ready`);
    const outcome = await page.evaluate(
      async (url) => {
        const answer = await fetch(url, {
          method: 'POST',
          mode: 'no-cors',
          headers: { 'content-type': 'text/plain' },
          body: '{}',
        }).catch(() => undefined);
        return answer?.type ?? 'refused';
      },
      `${urlOf('lab')}/api/v1/scans`,
    );
    expect(['opaque', 'refused']).toContain(outcome);
    const after = await read<ListOfScans>(request, '/api/v1/scans');
    expect(after.items.map(({ id }) => id)).toEqual(before.items.map(({ id }) => id));
  });

  test('makes a name act: what a cluster calls its pods and images is shown as text', async ({
    page,
  }) => {
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const server = urlOf('troubled');
    for (const path of ['/', '/workloads?cluster=hostile', '/images', '/clusters', '/settings']) {
      await page.goto(`${server}${path}`);
      await settled(page);
      await expect(page.locator('img[src="x"], a[href^="javascript:"]')).toHaveCount(0);
    }
    for (const name of [hostileStrings.script, hostileStrings.image, hostileStrings.link]) {
      await page.goto(`${server}/workloads?cluster=hostile&sort=name`);
      await settled(page);
      await rowsOf(page)
        .filter({ has: page.getByRole('link').getByText(name, { exact: true }) })
        .getByRole('gridcell')
        .first()
        .click();
      const panel = page.getByRole('complementary', { name: 'Workload' });
      await expect(panel.getByRole('heading', { level: 2 })).toHaveText(name);
      await panel.getByRole('link', { name: 'Open the page' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
      // Once more as HTML of the server, where a string could close the script that carries it.
      await page.reload();
      await settled(page);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
      await expect(page.locator('img[src="x"], a[href^="javascript:"]')).toHaveCount(0);
    }
    expect(dialogs).toEqual([]);
  });

  test('turns the text around with marks of direction', async ({ page }) => {
    await page.goto(`${urlOf('troubled')}/workloads?cluster=hostile`);
    await settled(page);
    const name = page.getByRole('link').getByText(hostileStrings.overridden, { exact: true });
    await expect(name.first()).toBeVisible();
    expect(await name.first().evaluate((element) => element.closest('bdi') !== null)).toBe(true);
  });
});
