// SPDX-License-Identifier: Apache-2.0
// Cause and effect: a host goes into maintenance, the recipe tells vRealize Operations.
import { expect, hosts, test } from './support/test';

test('a host in maintenance is maintained in vRealize Operations, and collecting again afterwards', async ({ page, request }) => {
  // `millrace up` deploys this recipe with the simulator's own address and account.
  await page.goto('/functions/host-maintenance/triggers');
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();

  const free = (await hosts(request)).filter((host) => host.maintenance === 'none' && host.connection === 'connected').at(-1);
  if (!free) throw new Error('no host is in service');
  await page.getByRole('link', { name: 'Data centre' }).click();
  const panel = page.getByRole('region', { name: `Host ${free.name}` });
  await expect(panel.getByText('Collecting')).toBeVisible();
  await panel.getByRole('button', { name: /^Enter maintenance/ }).click();
  await expect(panel.getByText('In maintenance', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByText('Maintained', { exact: true })).toBeVisible();
  await panel.getByRole('button', { name: /^Exit maintenance/ }).click();
  await expect(panel.getByText('In service')).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByText('Collecting')).toBeVisible();
});
