import { expect, scanned, setFault, test as setup } from './fixtures.ts';
import { urlOf } from './servers.ts';

setup('the first scan of every fleet ends', async ({ request }) => {
  setup.setTimeout(120_000);
  await scanned(request, urlOf('lab'));
  await scanned(request, urlOf('troubled'));
  // Long before a test looks: a cluster is stale only when it was silent for a minute.
  await setFault('troubled', request, { cluster: 'staging', fault: { kind: 'down' } });
  await expect
    .poll(async () => (await request.get(`${urlOf('empty')}/health/ready`)).status())
    .toBe(200);
});
