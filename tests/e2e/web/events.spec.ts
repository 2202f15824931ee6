// SPDX-License-Identifier: Apache-2.0
import { act, expect, hosts, test } from './support/test';

const shown = /Live · ([\d,]+) events? shown/;

test('a pause goes on counting, and what came meanwhile is there afterwards', async ({ page, request }) => {
  await page.goto('/events');
  await expect(page.getByText(shown)).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  const first = page.getByRole('table').getByRole('link').first();
  const before = await first.getAttribute('href');
  await act(request, { action: 'burst', count: 300 });
  await expect(page.getByText(/Paused, (2\d\d|[3-9]\d\d) new/)).toBeVisible();
  expect(await first.getAttribute('href'), 'the rows stand still').toBe(before);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(async () => {
    const [, count = '0'] = shown.exec(await page.getByText(shown).innerText()) ?? [];
    expect(Number(count.replace(',', ''))).toBeGreaterThanOrEqual(300);
  }).toPass();
});

test('the search is in the address and finds by words', async ({ page, request }) => {
  const vm = (await hosts(request)).flatMap((host) => host.vms).find((item) => item.power !== 'suspended');
  await act(request, { action: vm?.power === 'on' ? 'powerOff' : 'powerOn', target: vm?.id ?? '' });
  await expect.poll(async () => {
    const { items } = await (await request.get('/api/v1/events?q=powered')).json() as { items: unknown[] };
    return items.length;
  }).toBeGreaterThan(0);
  await page.goto('/events?live=0');
  await page.getByRole('searchbox', { name: 'Search' }).fill('powered');
  await expect(page).toHaveURL(/\?q=powered&live=0$/);
  const rows = page.getByRole('table', { name: 'Events found' }).getByRole('row');
  await expect(rows.nth(1)).toContainText(/powered/i);
  await page.reload();
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('powered');
  await page.getByRole('searchbox', { name: 'Search' }).fill('no-such-word-in-any-event');
  await expect(page.getByText('No event matches')).toBeVisible();
});

test('an event type is picked by its words', async ({ page }) => {
  await page.goto('/events?live=0');
  const picker = page.getByRole('combobox', { name: 'Event type' });
  await picker.fill('vm powered');
  await page.getByRole('option').first().click();
  await expect(page).toHaveURL(/type=com\.vmware\.vsphere\..*Powered/);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await expect(page).toHaveURL(/\/events\?live=0$/);
});

test.describe('an event that is not there', () => {
  test.use({ expected: /status of 404/ });
  test('is said to be gone, not shown as empty', async ({ page }) => {
    await page.goto('/events/999999999999');
    await expect(page.getByRole('alert')).toBeVisible();
  });
});
