// SPDX-License-Identifier: Apache-2.0
// The first minutes of a new user, click by click.
import { deleteFunction, expect, freshName, hosts, test } from './support/test';

const name = freshName('walk');
const secondCode = `def handle(event, context):
    print("second revision saw", event["subject"])
`;

test.afterAll(async ({ request }) => deleteFunction(request, name));

test('create from a recipe, event arrives, log seen, edit code, next event runs the new code, delete', async ({ page, request }) => {
  const running = (await hosts(request)).flatMap((host) => host.vms).find((vm) => vm.power === 'on');
  if (!running) throw new Error('no VM is on in the simulated data centre');
  const button = (action: string) => page.getByRole('button', { name: `${action}: ${running.name}`, exact: true });

  await test.step('create from a recipe', async () => {
    await page.goto('/functions');
    await page.getByRole('link', { name: 'Create function' }).click();
    await page.getByRole('button', { name: /^Print every event(?!,)/ }).click();
    const picker = page.getByRole('combobox', { name: 'Add an event type' });
    for (const type of ['VmPoweredOffEvent', 'VmPoweredOnEvent']) {
      await picker.fill(type);
      await picker.press('Enter');
    }
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('button', { name: 'Deploy' }).click();
    await expect(page.getByText('Deployed. It runs with the next event that fits.')).toBeVisible();
  });

  await test.step('event arrives', async () => {
    await page.getByRole('link', { name: 'Data centre' }).click();
    await button('Power off').click();
    await expect(button('Power on')).toBeVisible();
    const feed = page.getByRole('region', { name: 'What happens' });
    const row = feed.getByRole('listitem').filter({ has: page.getByRole('link', { name: `${running.name} on` }).filter({ hasText: 'powered off' }) }).first();
    await expect(row, 'it turns from waiting to delivered by itself').toContainText(/\d delivered/);
    await expect(row).not.toContainText('waiting');
    await row.getByRole('link').click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('powered off');
    const verdict = page.getByRole('listitem').filter({ hasText: `trigger default/${name}` });
    await expect(verdict.getByText('Delivered', { exact: true })).toBeVisible();
  });

  await test.step('log seen', async () => {
    await page.goto(`/functions/${name}/logs`);
    await expect(page.getByRole('log')).toContainText('VmPoweredOffEvent');
  });

  await test.step('edit code', async () => {
    await page.getByRole('link', { name: 'Code', exact: true }).click();
    const editor = page.getByRole('textbox', { name: 'Code of handler.py' });
    await editor.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(secondCode);
    await expect(page.getByText('Unsaved changes')).toBeVisible();
    await page.getByRole('button', { name: 'Save and deploy' }).click();
    await expect(page.getByText('No unsaved changes')).toBeVisible();
    await expect(page.getByText(`${name}-00002`, { exact: true }), 'the new code serves').toBeVisible({ timeout: 30_000 });
  });

  await test.step('next event runs the new code', async () => {
    await page.getByRole('link', { name: 'Data centre' }).click();
    await button('Power on').click();
    await expect(button('Power off')).toBeVisible();
    await page.goto(`/functions/${name}/logs`);
    await expect(page.getByRole('log')).toContainText('second revision saw VmPoweredOnEvent');
    await page.getByRole('link', { name: 'Revisions' }).click();
    await expect(page.getByRole('row').filter({ hasText: 'Current' })).toHaveCount(1);
    await expect(page.getByRole('row').filter({ hasText: `${name}-` })).toHaveCount(2);
  });

  await test.step('delete', async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Functions', level: 1 })).toBeVisible();
    await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
    expect((await request.get(`/api/v1/functions/${name}`)).status()).toBe(404);
  });
});
