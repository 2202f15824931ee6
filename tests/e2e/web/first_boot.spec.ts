// SPDX-License-Identifier: Apache-2.0
// The first boot of an appliance whose form is wrong, as one lives it in the browser: one story, from the
// code on the VM's screen to the sign-in page.
import type { Page } from '@playwright/test';
import { inspect, widths } from './support/inspect';
import { setup_code, setup_url } from './support/target';
import { expect, test } from './support/test';

// What the browser says of refused codes and forms, and of the moment in which the console starts again.
test.use({ baseURL: setup_url, storageState: { cookies: [], origins: [] }, expected: /status of (401|404|422)|ERR_CONNECTION|ERR_EMPTY_RESPONSE/ });

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
  await password.fill('a long web password');
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
  await inspect(page, 'setup-finished');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible({ timeout: 30_000 });
  await page.goto('/setup');
  await expect(page).toHaveURL(`${setup_url}/`);
});
