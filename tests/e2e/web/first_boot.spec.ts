// SPDX-License-Identifier: Apache-2.0
// An appliance as one lives it in the browser: first the boot with a form that is wrong, from the code on the VM's screen
// to the sign-in page; then what is changed of it later.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeImageArchive } from './support/image_archive';
import { inspect, widths } from './support/inspect';
import { setup_code, setup_password, setup_url } from './support/target';
import { expect, test } from './support/test';

// What the browser says of refused codes and forms, and of the moment in which the console starts again.
test.use({ baseURL: setup_url, storageState: { cookies: [], origins: [] }, expected: /status of (401|404|409|422)|ERR_CONNECTION|ERR_EMPTY_RESPONSE/ });
test.describe.configure({ mode: 'serial' });

async function signIn(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('textbox', { name: 'User name' }).fill('admin');
  await page.locator('input[type=password]').fill(setup_password);
  await page.keyboard.press('Enter');
}

async function inspectAll(page: Page, name: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await inspect(page, name);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('a wrong form is corrected, a failed step tried again, and the console opens by itself', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto('/events');
  await expect(page.getByRole('heading', { name: 'Set up this appliance', level: 1 })).toBeVisible();
  await expect(page.getByText('Some values have to be corrected.')).toBeVisible();
  await expect(page.getByText('192.168.10', { exact: false }), 'no value without the code').toHaveCount(0);
  await inspectAll(page, 'setup-code');

  await page.getByRole('textbox', { name: 'Set-up code' }).fill('AAAA-AAAA');
  await page.keyboard.press('Enter');
  await expect(page.getByText('This is not the set-up code')).toBeVisible();
  await page.getByRole('textbox', { name: 'Set-up code' }).fill(setup_code.toLowerCase().replace('-', ''));
  await page.keyboard.press('Enter');

  const faults = page.getByRole('alert').filter({ has: page.getByRole('list') });
  await expect(faults).toContainText('3 values have to be corrected');
  await expect(faults.getByRole('listitem')).toHaveCount(3);
  await expect(faults, 'it is read out').toBeFocused();
  await expect(page.getByText('did you mean gateway?')).toBeVisible();
  await expect(page.getByText('a canary')).toHaveCount(0);
  await inspectAll(page, 'setup-faults');

  await faults.getByRole('link', { name: 'IPv4 address' }).click();
  const address = page.getByRole('textbox', { name: 'IPv4 address' });
  await expect(address).toBeFocused();
  await expect(address).toHaveAttribute('aria-invalid', 'true');
  await expect(address).toHaveValue('192.168.10');
  await address.fill('192.168.10.20');
  const password = page.locator('#property-endpoint_password input');
  await expect(password).toHaveValue('');
  await expect(page.locator('#property-endpoint_password')).toContainText('leave this empty to keep it');
  await page.getByRole('button', { name: 'Save and configure' }).click();
  await expect(faults, 'one of three is right').toContainText('2 values have to be corrected');
  await password.fill(setup_password);
  await page.locator('#property-syslog_server_port input').fill('514');
  await page.getByRole('button', { name: 'Save and configure' }).click();

  await expect(page.getByText('The appliance is being configured.')).toBeVisible();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.getByText('Attempt 2')).toBeVisible();
  await inspectAll(page, 'setup-running');
  await expect(page.getByText('A step has failed.')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByLabel('Output of the step Passwords')).toContainText('$ /usr/sbin/chpasswd');
  await expect(page.getByText('canary')).toHaveCount(0);
  await inspectAll(page, 'setup-stuck');

  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'The appliance is configured.' }).first()).toBeVisible();
  // It opens the console by itself as soon as that answers.
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => { release = done; });
  await page.route('**/api/**', async (route) => { await held; await route.fallback(); });
  await inspect(page, 'setup-finished');
  release();
  await page.unrouteAll({ behavior: 'wait' });
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible({ timeout: 30_000 });
  await page.goto('/setup');
  await expect(page).toHaveURL(`${setup_url}/`);
});

test('a change of the network is on trial, until somebody keeps it or takes it back', async ({ page }) => {
  await signIn(page, '/system/network');
  const names = page.locator('#property-dns input');
  const change = page.getByRole('button', { name: 'Change, on trial' });
  await expect(names).toHaveValue('192.168.10.2');
  await names.fill('192.168.10.999');
  await change.click();
  await expect(page.getByRole('alert').filter({ hasText: 'DNS servers' }).first()).toBeVisible();
  await inspectAll(page, 'system-fault');

  await names.fill('192.168.10.3');
  await change.click();
  await expect(page.getByText('The changes are on trial.').first()).toBeVisible();
  await expect(page.getByText(/^\d+ seconds left$/).first()).toBeVisible();
  // At one width: it ends by itself.
  await inspect(page, 'system-trial');
  await page.getByRole('button', { name: 'Undo now' }).click();
  await expect(page.getByText('The changes were undone.').first()).toBeVisible();
  await expect(names).toHaveValue('192.168.10.2');

  await names.fill('192.168.10.3');
  await change.click();
  await page.getByRole('button', { name: 'Keep the changes' }).click();
  await expect(page.getByText('The changes are kept.').first()).toBeVisible();
  await page.reload();
  await expect(names).toHaveValue('192.168.10.3');
});

test('an image is brought from a file, and removed; one for another processor is refused', async ({ page }, { outputDir }) => {
  const archive = join(outputDir, 'my tool (1).tar');
  const other = join(outputDir, 'other.tar');
  writeImageArchive(archive, 'registry.example.com/team/tool:1.0', 'amd64');
  writeImageArchive(other, 'registry.example.com/team/other:1.0', 's390x');
  await signIn(page, '/system/images');
  const choose = page.getByLabel('Choose an archive');
  await choose.setInputFiles(archive);
  await expect(page.getByText('my-tool-1.tar was imported').first()).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: 'registry.example.com/team/tool:1.0' });
  await expect(row).toContainText('3.3 MiB');
  await choose.setInputFiles(other);
  await expect(page.getByText('other.tar was refused').first()).toBeVisible();
  await expect(page.getByText('is for linux/s390x; this appliance needs linux/amd64').first()).toBeVisible();
  await inspectAll(page, 'system-images');
  await row.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('my-tool-1.tar was removed').first()).toBeVisible();
  await expect(row).toHaveCount(0);
});

for (const tab of ['access', 'certificates', 'syslog', 'power']) {
  test(`the page of ${tab} is accessible in light and dark, and fits every width`, async ({ page }) => {
    await signIn(page, `/system/${tab}`);
    await expect(page.getByRole('heading', { name: 'System', level: 1 })).toBeVisible();
    await inspectAll(page, `system-${tab}`);
  });
}
