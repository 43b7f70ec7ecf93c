import { expect, scanned, test as setup } from './fixtures.ts';
import { urlOf } from './servers.ts';

setup('the first scan of every fleet ends', async ({ request }) => {
  setup.setTimeout(120_000);
  await scanned(request, urlOf('lab'));
  await scanned(request, urlOf('hostile'));
  await expect
    .poll(async () => (await request.get(`${urlOf('empty')}/health/ready`)).status())
    .toBe(200);
});
