// SPDX-License-Identifier: Apache-2.0
// What a user sees when something breaks, and that it mends without a reload.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, createFunction, deleteFunction, expect, freshName, headers, switchable, test, writeHandler } from './support/test';
import { state_folder } from './support/target';

/// Of a service that is being started again there is none.
function pidOf(service: string): number | undefined {
  const file = join(state_folder, 'run', `${service}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid : undefined;
}

function loginLink(): string {
  return readFileSync(join(state_folder, 'run/login-url'), 'utf8').trim();
}

test.describe('a function that fails', () => {
  const name = freshName('failing');
  test.afterAll(async ({ request }) => deleteFunction(request, name));

  test('is called failing, with its error on the list, in the log and on the page of the event', async ({ page, request }) => {
    await createFunction(request, { name, recipe: 'echo', types: ['VmPoweredOnEvent', 'VmPoweredOffEvent'].map((type) => `com.vmware.vsphere.${type}.v0`) });
    await writeHandler(request, name, 'def handle(event, context):\n    raise ValueError("no such tag")\n');
    const { name: vm, ...action } = await switchable(request);
    await act(request, action);
    await page.goto(`/functions/${name}/logs`);
    await expect(page.getByRole('log')).toContainText('Traceback (most recent call last)');
    await expect(page.getByText('ValueError: no such tag').first()).toBeVisible();
    await page.getByRole('link', { name: 'Overview' }).click();
    await expect(page.getByRole('region', { name: 'Failing functions' })).toContainText('ValueError: no such tag');
    await page.goto('/events?live=0&q=powered');
    await page.getByRole('table').getByRole('link').filter({ hasText: vm }).first().click();
    const verdict = page.getByRole('listitem').filter({ hasText: `trigger default/${name}` });
    await expect(verdict.getByText('HTTP 500: ValueError: no such tag').last()).toBeVisible();
  });
});

test.describe('a service that dies', () => {
  test.use({ expected: /status of 50[234]|ERR_/ });

  test('is started again, and the live events go on', async ({ page, request }) => {
    await page.goto('/events');
    await expect(page.getByRole('table', { name: 'Newest events' })).toBeVisible();
    const before = pidOf('broker');
    if (before === undefined) throw new Error('the broker does not run');
    process.kill(before, 'SIGKILL');
    await expect.poll(() => [before, undefined].includes(pidOf('broker')), { timeout: 30_000 }).toBe(false);
    const { name: vm, ...action } = await switchable(request);
    await act(request, action);
    const word = action.action === 'powerOff' ? 'powered off' : 'powered on';
    await expect(page.getByRole('table').getByRole('link').filter({ hasText: vm }).filter({ hasText: word }).first()).toBeVisible({ timeout: 30_000 });
    await page.goto('/');
    const services = page.getByRole('region', { name: 'Services' }).getByRole('listitem');
    const broker = services.filter({ hasText: 'Broker' });
    await expect(broker).toContainText('Running');
    await expect(broker).toContainText(/Restarted (once,|\d+ times, last) (just now|\d+ (second|minute)s? ago)/);
    await expect(services.filter({ hasText: 'Console' })).toContainText('Never restarted');
  });
});

test.describe('a network that is gone', () => {
  test.use({ expected: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK/ });

  test('is told apart from nothing being there', async ({ page, context }) => {
    await page.goto('/events');
    await expect(page.getByRole('heading', { name: 'Events', level: 1 })).toBeVisible();
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Overview' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Millrace does not answer' }).last()).toBeVisible();
    await page.getByRole('link', { name: 'Functions', exact: true }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Millrace does not answer' }).last()).toBeVisible();
    await expect(page.getByText('No functions yet')).toHaveCount(0);
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('link', { name: 'echo', exact: true })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('a slow answer shows that it is being waited for', async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  await page.route('**/api/v1/functions', async (route) => { await held; await route.continue(); });
  await page.goto('/functions');
  await expect(page.getByRole('status').filter({ hasText: 'Loading' })).toBeVisible();
  release();
  await expect(page.getByRole('link', { name: 'echo', exact: true })).toBeVisible();
});

test.describe('a function nothing has happened to', () => {
  const name = freshName('quiet');
  test.afterAll(async ({ request }) => deleteFunction(request, name));

  test('says that its log, settings and secrets are empty', async ({ page, request }) => {
    await createFunction(request, { name, recipe: 'echo', types: ['org.example.never'] });
    await page.goto(`/functions/${name}/logs`);
    // That it serves is the one line it has.
    await expect(page.getByRole('log')).toContainText('serves.');
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect(page.getByRole('log')).toContainText('No log lines yet');
    await page.getByRole('link', { name: 'Configuration' }).click();
    await expect(page.getByText('No settings.')).toBeVisible();
    await expect(page.getByText('No secrets.')).toBeVisible();
  });
});

test.describe('a session that ends', () => {
  const name = freshName('session');
  test.beforeAll(async ({ request }) => createFunction(request, { name, recipe: 'echo', types: ['org.example.never'] }));
  test.afterAll(async ({ request }) => deleteFunction(request, name));

  test('is begun again in place, and nothing typed is lost', async ({ browser, watched }) => {
    const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
    const page = watched(await context.newPage(), /status of 401/);
    await page.goto(loginLink());
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    await page.goto(`/functions/${name}/code`);
    const editor = page.getByRole('textbox', { name: 'Code of handler.py' });
    await editor.click();
    await page.keyboard.insertText('# not lost\n');
    expect((await context.request.delete('/api/v1/session', { headers })).status()).toBe(204);
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await expect(dialog).toBeVisible();
    await dialog.getByLabel('Login link or one-time code').fill(loginLink());
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(editor).toContainText('# not lost');
    await page.getByRole('button', { name: 'Save and deploy' }).click();
    await expect(page.getByText('No unsaved changes')).toBeVisible();
    await context.close();
  });
});
