// SPDX-License-Identifier: Apache-2.0
// Every page in light and dark at phone and desk width: accessible, no sideways scrolling, a picture.
import type { Page } from '@playwright/test';
import { inspect, widths } from './support/inspect';
import { act, createFunction, deleteFunction, expect, freshName, switchable, test } from './support/test';

const name = freshName('pages');
const types = ['VmPoweredOnEvent', 'VmPoweredOffEvent'].map((type) => `com.vmware.vsphere.${type}.v0`);
test.beforeAll(async ({ request }) => {
  await createFunction(request, { name, recipe: 'echo', types });
  const { action, target } = await switchable(request);
  await act(request, { action, target });
});
test.afterAll(async ({ request }) => deleteFunction(request, name));

interface View { name: string; address: (page: Page) => string | Promise<string>; ready: (page: Page) => Promise<void> }

const heading = (text: string) => async (page: Page) => {
  await expect(page.getByRole('heading', { level: 1, name: text })).toBeVisible();
  await expect(page.getByText('Loading…')).toHaveCount(0);
};

async function newestEvent(page: Page): Promise<string> {
  const { items } = await (await page.request.get('/api/v1/events?limit=1')).json() as { items: { seq: string }[] };
  return `/events/${items[0]?.seq ?? ''}`;
}

const views: View[] = [
  { name: 'overview', address: () => '/', ready: heading('Overview') },
  { name: 'events', address: () => '/events', ready: heading('Events') },
  { name: 'history', address: () => '/events?live=0&q=powered', ready: heading('Events') },
  { name: 'failed', address: () => '/events?outcome=failed', ready: heading('Events') },
  { name: 'event', address: newestEvent, ready: async (page) => { await expect(page.getByRole('region', { name: 'Attributes' })).toBeVisible(); } },
  { name: 'functions', address: () => '/functions', ready: heading('Functions') },
  { name: 'recipes', address: () => '/functions/new', ready: heading('Create function') },
  { name: 'create', address: () => '/functions/new?recipe=host-maintenance', ready: async (page) => { await expect(page.getByRole('button', { name: 'Deploy' })).toBeVisible(); } },
  { name: 'code', address: () => `/functions/${name}/code`, ready: async (page) => { await expect(page.getByRole('textbox', { name: 'Code of handler.py' })).toBeVisible(); } },
  { name: 'configuration', address: () => `/functions/${name}/configuration`, ready: heading(name) },
  { name: 'triggers', address: () => `/functions/${name}/triggers`, ready: heading(name) },
  { name: 'logs', address: () => `/functions/${name}/logs`, ready: async (page) => { await expect(page.getByRole('log')).toContainText('VmPowered'); } },
  { name: 'revisions', address: () => `/functions/${name}/revisions`, ready: heading(name) },
  { name: 'help', address: () => '/help', ready: heading('Help') },
  { name: 'about', address: () => '/about', ready: heading('About Millrace') },
  { name: 'datacentre', address: () => '/datacentre', ready: heading('Data centre') },
];

for (const width of widths) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height: 900 } });
    for (const view of views) {
      test(`${view.name} is accessible in light and dark, and fits`, async ({ page }) => {
        await page.goto(await view.address(page));
        await view.ready(page);
        await inspect(page, view.name);
      });
    }
  });
}

test('the theme can be chosen against the system and stays', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  await page.getByRole('button', { name: 'Switch to dark colours' }).click();
  await page.reload();
  await expect(page.locator('body')).toHaveAttribute('cds-theme', 'dark');
});
