// SPDX-License-Identifier: Apache-2.0
// Needs services started with --hostile-names: a VM there is named like a script.
import { act, createFunction, deleteFunction, expect, freshName, hosts, test } from './support/test';

const name = freshName('untrusted');
test.afterAll(async ({ request }) => deleteFunction(request, name));

test('a VM named like a script is text on every page', async ({ page, request }) => {
  const vm = (await hosts(request)).flatMap((host) => host.vms).find((item) => item.name.includes('<img'));
  if (!vm) throw new Error('start the services with --hostile-names');
  await createFunction(request, { name, recipe: 'echo', types: [] });
  await act(request, { action: vm.power === 'on' ? 'powerOff' : 'powerOn', target: vm.id });

  await page.goto('/datacentre');
  await expect(page.getByRole('cell').filter({ hasText: vm.name }).first()).toBeVisible();
  const feed = page.getByRole('region', { name: 'What happens' });
  await expect(feed.getByRole('link').filter({ hasText: vm.name }).first()).toBeVisible();
  await page.goto(`/events?live=0&q=${encodeURIComponent('onerror')}`);
  const row = page.getByRole('table').getByRole('link').filter({ hasText: vm.name }).first();
  await expect(row).toBeVisible();
  await row.click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(vm.name);
  await expect(page.getByRole('region', { name: 'Data', exact: true }).first()).toContainText('onerror');
  await page.goto(`/functions/${name}/logs`);
  await expect(page.getByRole('log')).toContainText('onerror');
  expect(await page.locator('img').count(), 'no element was made of the name').toBe(0);
});
