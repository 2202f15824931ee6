// SPDX-License-Identifier: Apache-2.0
// What becomes of events, as lists and pages show it: by themselves, and by a search.
import { act, createFunction, deleteFunction, expect, freshName, headers, putHandler, switchable, test, writeHandler } from './support/test';

const types = ['VmPoweredOnEvent', 'VmPoweredOffEvent'].map((type) => `com.vmware.vsphere.${type}.v0`);

test.describe('a function that works', () => {
  const name = freshName('works');
  test.beforeAll(async ({ request }) => createFunction(request, { name, recipe: 'echo', types }));
  test.afterAll(async ({ request }) => deleteFunction(request, name));

  test('rows of the live list turn from waiting to delivered by themselves', async ({ page, request }) => {
    await page.goto('/events');
    await expect(page.getByRole('table', { name: 'Newest events' })).toBeVisible();
    const { name: vm, ...action } = await switchable(request);
    await act(request, action);
    const row = page.getByRole('row').filter({ hasText: vm }).filter({ hasText: /powered o/ }).first();
    await expect(row).toContainText(/\d delivered/);
    await expect(row).not.toContainText('waiting');
  });
});

test.describe('a function that always fails', () => {
  const name = freshName('fails');
  test.afterAll(async ({ request }) => deleteFunction(request, name));

  test('is found by its waiting events; once it is deleted they have failed, and say why', async ({ page, request }) => {
    await createFunction(request, { name, recipe: 'echo', types });
    await writeHandler(request, name, 'def handle(event, context):\n    raise ValueError("always")\n');
    const { name: vm, ...action } = await switchable(request);
    await act(request, action);
    await page.goto(`/events?outcome=pending&function=${name}`);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('table', { name: 'Events found' })).toContainText(vm, { timeout: 2000 });
    }).toPass();
    await page.getByRole('table').getByRole('link').filter({ hasText: vm }).first().click();
    const verdict = page.getByRole('listitem').filter({ hasText: `trigger default/${name}` });
    await expect(verdict.getByText(/Attempt \d+ of 11/)).toBeVisible();
    const address = new URL(page.url()).pathname;
    await deleteFunction(request, name);
    await page.goto('/');
    await page.getByRole('link', { name: /Failed deliveries/ }).click();
    await expect(page).toHaveURL(/outcome=failed/);
    await expect(page.getByRole('table', { name: 'Events found' }).locator(`a[href="${address}"]`)).toBeVisible();
    await page.goto(address);
    await expect(page.getByText('The trigger was removed before the event was delivered.')).toBeVisible();
  });
});

test('the page of an event reads again once it hears of changes', async ({ page, request }) => {
  const name = freshName('unheard');
  await createFunction(request, { name, recipe: 'echo', types });
  await writeHandler(request, name, 'def handle(event, context):\n    raise ValueError("always")\n');
  const { name: vm, ...action } = await switchable(request);
  await act(request, action);
  let seq = '';
  await expect.poll(async () => {
    const answer = await request.get(`/api/v1/events?outcome=pending&function=${name}`, { headers });
    const { items } = await answer.json() as { items: { seq: string; summary: string }[] };
    seq = items.find(({ summary }) => summary.includes(vm))?.seq ?? '';
    return seq;
  }).not.toBe('');
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  await page.route('**/api/v1/stream?**', async (route) => { await held; await route.continue(); });
  await page.goto(`/events/${seq}`);
  const verdict = page.getByRole('listitem').filter({ hasText: `trigger default/${name}` });
  await expect(verdict).toBeVisible();
  await deleteFunction(request, name);
  await expect.poll(async () => {
    const answer = await request.get(`/api/v1/events/${seq}`, { headers });
    const { verdicts } = await answer.json() as { verdicts: { trigger: string; state: string | null }[] };
    return verdicts.find(({ trigger }) => trigger === `default/${name}`)?.state;
  }).toBe('failed');
  await expect(page.getByText('The trigger was removed before the event was delivered.')).toHaveCount(0);
  release();
  await expect(page.getByText('The trigger was removed before the event was delivered.')).toBeVisible();
});

test('a revision that does not load is named, the one before goes on, and the line is marked', async ({ page, request }) => {
  const name = freshName('broken');
  await createFunction(request, { name, recipe: 'echo', types });
  await putHandler(request, name, 'def handle(event, context)\n    pass\n');
  await page.goto(`/functions/${name}/revisions`);
  await expect(page.getByText(new RegExp(`${name}-00002 does not load.*${name}-00001 still handles the events`))).toBeVisible();
  const current = page.getByRole('row').filter({ hasText: 'Current' });
  await expect(current).toContainText(`${name}-00001`);
  await expect(current).not.toContainText('Error');
  await deleteFunction(request, name);
});

test('what is typed is thrown away only after asking', async ({ page, request }) => {
  const name = freshName('discard');
  await createFunction(request, { name, recipe: 'echo', types });
  await page.goto(`/functions/${name}/code`);
  await page.getByRole('textbox', { name: 'Code of handler.py' }).click();
  await page.keyboard.insertText('# mine\n');
  await page.getByRole('button', { name: 'Discard' }).click();
  const dialog = page.getByRole('dialog', { name: 'Discard the changes?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Unsaved changes')).toBeVisible();
  await page.getByRole('button', { name: 'Discard' }).click();
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByText('No unsaved changes')).toBeVisible();
  await deleteFunction(request, name);
});

test('a type that nobody knows is taken only when it is chosen twice', async ({ page }) => {
  await page.goto('/functions/new?recipe=echo');
  const picker = page.getByRole('combobox', { name: 'Add an event type' });
  await picker.fill('org.example.unheard');
  await picker.press('Enter');
  await expect(page.getByRole('region', { name: 'When' }).getByText('is no type that vCenter has')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Remove org.example.unheard' })).toHaveCount(0);
  await picker.press('Enter');
  await expect(page.getByRole('button', { name: 'Remove org.example.unheard' })).toBeVisible();
});

test('a VM is found by its name alone', async ({ page, request }) => {
  const { name: vm, ...action } = await switchable(request);
  await act(request, action);
  await page.goto(`/events?live=0&vmname=${encodeURIComponent(vm)}`);
  const rows = page.getByRole('table', { name: 'Events found' }).getByRole('row');
  await expect(rows.nth(1)).toContainText(vm);
  const { items } = await (await page.request.get(`/api/v1/events?vmname=${encodeURIComponent(vm)}&limit=200`)).json() as { items: { extensions: { vmname?: string } }[] };
  expect(new Set(items.map(({ extensions }) => extensions.vmname))).toEqual(new Set([vm]));
});

test('the keys of the help page lead through the console', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('heading', { name: 'Help', level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await expect(page.getByRole('heading', { name: 'Events', level: 1 })).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search' })).toBeFocused();
});

test('an event keeps the digits of its numbers', async ({ page, request }) => {
  const { items } = await (await request.get('/api/v1/events?limit=1')).json() as { items: { seq: string }[] };
  const seq = items[0]?.seq ?? '';
  const text = await (await request.get(`/api/v1/events/${seq}`, { headers })).text();
  const large = text.replace(/"Key":\s*\d+/, '"Key":1524831183200260097');
  await page.route(`**/api/v1/events/${seq}`, (route) => route.fulfill({ contentType: 'application/json', body: large }));
  await page.goto(`/events/${seq}`);
  await expect(page.getByRole('region', { name: 'Data', exact: true })).toContainText('1524831183200260097');
});
