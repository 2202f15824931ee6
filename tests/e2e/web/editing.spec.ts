// SPDX-License-Identifier: Apache-2.0
import { createFunction, deleteFunction, expect, freshName, test } from './support/test';
import { origin } from './support/target';

const name = freshName('editing');
test.beforeAll(async ({ request }) => createFunction(request, { name, recipe: 'echo', types: ['org.example.never'] }));
test.afterAll(async ({ request }) => deleteFunction(request, name));

async function type(page: import('@playwright/test').Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Code of handler.py' }).click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.insertText(text);
}

test('leaving with unsaved code asks, and staying keeps it', async ({ page }) => {
  await page.goto(`/functions/${name}/code`);
  await type(page, '# mine\n');
  await page.getByRole('link', { name: 'Overview' }).click();
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Unsaved changes')).toBeVisible();
  await page.getByRole('link', { name: 'Overview' }).click();
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
});

test.describe('when somebody else saved first', () => {
  test.use({ expected: /status of 412/ });
  test('nothing is overwritten without asking', async ({ page, request }) => {
    const address = `/api/v1/functions/${name}/files`;
    await page.goto(`/functions/${name}/code`);
    await type(page, '# mine\n');
    const theirs = await request.get(address);
    const { files } = await theirs.json() as { files: { path: string; content: string }[] };
    const put = await request.put(address, {
      headers: { 'X-Requested-With': 'millrace', Origin: origin, 'If-Match': theirs.headers()['etag'] ?? '' },
      data: { files: files.map((file) => file.path === 'handler.py' ? { ...file, content: `# theirs\n${file.content}` } : file) },
    });
    expect(put.status(), await put.text()).toBe(200);
    await page.getByRole('button', { name: 'Save and deploy' }).click();
    await page.getByRole('button', { name: 'Take theirs, discard mine' }).click();
    await expect(page.getByRole('textbox', { name: 'Code of handler.py' })).toContainText('# theirs');
    await expect(page.getByText('No unsaved changes')).toBeVisible();
  });
});

test('a secret is written and never shown', async ({ page, request }) => {
  await page.goto(`/functions/${name}/configuration`);
  await page.getByRole('button', { name: 'Add secret' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('TOKEN');
  await dialog.getByLabel('Value', { exact: false }).first().fill('hunter2-ü$&\\');
  await dialog.getByRole('button', { name: 'Save secret' }).click();
  await expect(page.getByText('TOKEN', { exact: true })).toBeVisible();
  const answer = await request.get(`/api/v1/functions/${name}/secrets`);
  expect(await answer.text()).not.toContain('hunter2');
});

test('a setting and a trigger are changed', async ({ page }) => {
  await page.goto(`/functions/${name}/configuration`);
  await page.getByRole('button', { name: 'Add setting' }).click();
  const settings = page.getByRole('region', { name: 'Settings' });
  await settings.getByLabel('Name').last().fill('GREETING');
  await settings.getByLabel('Value').last().fill('hello');
  await page.getByRole('button', { name: 'Save settings' }).click();
  await expect(page.getByText('Settings saved.').first()).toBeVisible();
  await page.reload();
  await expect(settings.getByLabel('Value').last()).toHaveValue('hello');

  await page.getByRole('link', { name: 'Triggers' }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Only when' }).click();
  await dialog.getByLabel('Value').fill('prod-');
  await dialog.getByRole('button', { name: 'Save trigger' }).click();
  await expect(page.getByRole('main')).toContainText('and vmname begins with prod-');
});
