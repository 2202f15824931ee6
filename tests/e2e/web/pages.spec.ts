// SPDX-License-Identifier: Apache-2.0
// Every page in light and dark at phone and desk width: accessible, no sideways scrolling, a picture.
import type { Page } from '@playwright/test';
import { createFunction, deleteFunction, expect, expectAccessible, expectReflow, freshName, test } from './support/test';
import { screenshots } from './support/target';

const name = freshName('pages');
test.beforeAll(async ({ request }) => createFunction(request, { name, recipe: 'echo', types: [] }));
test.afterAll(async ({ request }) => deleteFunction(request, name));

interface View { name: string; address: string; ready: (page: Page) => Promise<void> }

const heading = (text: string) => async (page: Page) => {
  await expect(page.getByRole('heading', { level: 1, name: text })).toBeVisible();
  await expect(page.getByText('Loading…')).toHaveCount(0);
};

const views: View[] = [
  { name: 'overview', address: '/', ready: heading('Overview') },
  { name: 'events', address: '/events', ready: heading('Events') },
  { name: 'history', address: '/events?live=0&q=vm', ready: heading('Events') },
  { name: 'functions', address: '/functions', ready: heading('Functions') },
  { name: 'recipes', address: '/functions/new', ready: heading('Create function') },
  { name: 'create', address: '/functions/new?recipe=host-maintenance', ready: async (page) => { await expect(page.getByRole('button', { name: 'Deploy' })).toBeVisible(); } },
  { name: 'code', address: `/functions/${name}/code`, ready: async (page) => { await expect(page.getByRole('textbox', { name: 'Code of handler.py' })).toBeVisible(); } },
  { name: 'configuration', address: `/functions/${name}/configuration`, ready: heading(name) },
  { name: 'triggers', address: `/functions/${name}/triggers`, ready: heading(name) },
  { name: 'logs', address: `/functions/${name}/logs`, ready: heading(name) },
  { name: 'revisions', address: `/functions/${name}/revisions`, ready: heading(name) },
  { name: 'datacentre', address: '/datacentre', ready: heading('Data centre') },
];

async function newestEvent(page: Page): Promise<string> {
  const { items } = await (await page.request.get('/api/v1/events?limit=1')).json() as { items: { seq: string }[] };
  return `/events/${items[0]?.seq ?? ''}`;
}

async function show(page: Page, view: View): Promise<void> {
  await page.goto(view.address);
  await view.ready(page);
}

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 360]) {
    test.describe(`${theme}, ${width} px`, () => {
      test.use({ colorScheme: theme, viewport: { width, height: 900 } });

      test('every page is accessible and fits', async ({ page }) => {
        const event: View = { name: 'event', address: await newestEvent(page), ready: async (shown) => { await expect(shown.getByRole('region', { name: 'Attributes' })).toBeVisible(); } };
        for (const view of [...views, event]) {
          await test.step(view.name, async () => {
            await show(page, view);
            await page.screenshot({ path: `${screenshots}/${view.name}-${theme}-${width}.png` });
            await expectAccessible(page);
            await expectReflow(page);
          });
        }
      });
    });
  }
}

test.describe('signed out', () => {
  test.use({ storageState: { cookies: [], origins: [] } });
  for (const theme of ['light', 'dark'] as const) {
    test(`the sign-in page is accessible, ${theme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto('/events');
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
      await page.screenshot({ path: `${screenshots}/login-${theme}-1440.png` });
      await expectAccessible(page);
    });
  }
});

test('the theme can be chosen against the system and stays', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  await page.getByRole('button', { name: 'Switch to dark colours' }).click();
  await page.reload();
  await expect(page.locator('body')).toHaveAttribute('cds-theme', 'dark');
});

test('the keyboard reaches the content and the pages', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await page.getByRole('link', { name: 'Functions', exact: true }).first().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Functions', level: 1 })).toBeFocused();
});
