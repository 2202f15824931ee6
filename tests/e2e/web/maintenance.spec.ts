// SPDX-License-Identifier: Apache-2.0
// Cause and effect: a host goes into maintenance, the recipe tells vRealize Operations.
import { deleteFunction, expect, freshName, hosts, test } from './support/test';

const name = freshName('maintenance');
test.afterAll(async ({ request }) => deleteFunction(request, name));

test('a host in maintenance is maintained in vRealize Operations, and collecting again afterwards', async ({ page, request }) => {
  await page.goto('/functions/new?recipe=host-maintenance');
  await page.getByRole('textbox', { name: 'Name', exact: false }).last().fill(name);
  await page.getByRole('button', { name: 'Deploy' }).click();
  await expect(page.getByText('Deployed. It runs with the next event that fits.')).toBeVisible();

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
