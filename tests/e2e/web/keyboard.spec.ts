// SPDX-License-Identifier: Apache-2.0
// The way from nothing to running code with the keyboard alone.
import type { Locator, Page } from '@playwright/test';
import { deleteFunction, expect, freshName, test } from './support/test';

const name = freshName('keyboard');
test.afterAll(async ({ request }) => deleteFunction(request, name));

const stops_max = 60;

/// Presses Tab until `target` has the focus, as someone without a mouse does.
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let i = 0; i < stops_max; i += 1) {
    if (await target.evaluate((element) => element.matches(':focus'))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${stops_max} times Tab did not reach it`);
}

async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

test('the first stop leads past the navigation, and a page says where one is', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await press(page, page.getByRole('link', { name: 'Functions', exact: true }));
  await expect(page.getByRole('heading', { name: 'Functions', level: 1 })).toBeFocused();
});

test('a function is made, changed and deleted without a mouse', async ({ page }) => {
  await page.goto('/functions');
  await press(page, page.getByRole('link', { name: 'Create function' }));
  await press(page, page.getByRole('button', { name: /^Print every event(?!,)/ }));
  await tabTo(page, page.getByRole('combobox', { name: 'Add an event type' }));
  await page.keyboard.type('VmPoweredOnEvent');
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('textbox', { name: 'Name' }));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(name);
  await press(page, page.getByRole('button', { name: 'Deploy' }));
  await press(page, page.getByRole('link', { name: 'Open the code' }));

  const editor = page.getByRole('textbox', { name: 'Code of handler.py' });
  await tabTo(page, editor);
  await page.keyboard.type('# typed\n');
  await page.keyboard.press('ControlOrMeta+s');
  await expect(page.getByText('No unsaved changes')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(editor, 'the editor can be left').not.toBeFocused();

  await page.goto(`/functions/${name}/code`);
  await press(page, page.getByRole('button', { name: 'Delete', exact: true }));
  const dialog = page.getByRole('dialog');
  await press(page, dialog.getByRole('button', { name: 'Cancel' }));
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Delete', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await press(page, dialog.getByRole('button', { name: 'Delete', exact: true }));
  await expect(page.getByRole('heading', { name: 'Functions', level: 1 })).toBeVisible();
});
