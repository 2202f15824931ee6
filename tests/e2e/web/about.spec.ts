// SPDX-License-Identifier: Apache-2.0
// What Millrace is made of: found by a word, kept as a file; and what is shown where nothing is known.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { inspect, widths } from './support/inspect';
import { expect, test } from './support/test';

const bill = (page: Page) => page.getByRole('region', { name: 'Bill of materials' });
const rows = (page: Page) => bill(page).getByRole('table').getByRole('row');

test('the page is found from the navigation, and parts by any word in any column', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: /^Millrace \d/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'About Millrace' })).toBeFocused();
  await expect(page.getByRole('region', { name: 'This installation' })).toContainText('Programs on one machine, without Kubernetes');
  await expect(rows(page)).toHaveCount(51);
  await bill(page).getByRole('button', { name: 'Show more' }).click();
  await expect(bill(page).getByRole('button', { name: 'Show more' })).toHaveCount(0);
  await page.getByRole('heading', { level: 1 }).focus();
  await page.keyboard.press('/');
  await page.keyboard.type('preact npm');
  await expect(rows(page).filter({ hasText: '@preact/signals-core' })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: 'libssl' })).toHaveCount(0);
  await page.keyboard.type(' nonsense');
  await expect(bill(page)).toContainText('No part has all of these words.');
});

test('bill of materials and licences are kept as files', async ({ page }) => {
  await page.goto('/about');
  const download = async (name: string) => {
    const begun = page.waitForEvent('download');
    await bill(page).getByRole('link', { name }).click();
    const file = await begun;
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
  };
  const document = await download('Download as CycloneDX');
  expect(document.name).toMatch(/^millrace-.*\.cdx\.json$/);
  expect(JSON.parse(document.content.toString())).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
  expect((await download('Download licences')).name).toMatch(/^millrace-.*\.licences\.tar\.xz$/);
});

test.describe('without an answer', () => {
  test.use({ expected: /status of 503/ });

  test('the page says so, and goes on with another try', async ({ page }) => {
    const fails = (url: URL) => url.pathname === '/api/v1/about';
    await page.route(fails, (route) => route.fulfill({
      status: 503, contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'service.unavailable', detail: 'Nothing answers.' }),
    }));
    await page.goto('/about');
    await expect(page.getByRole('alert')).toContainText('Nothing answers.');
    await expect(bill(page)).toHaveCount(0);
    await page.unroute(fails);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(rows(page).first()).toBeVisible();
  });
});

for (const width of widths) {
  test(`an installation that was not told what it is made of says so, and fits ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.route((url) => url.pathname === '/api/v1/about', (route) => route.fulfill({
      json: {
        version: '0.1.0', installation: 'cluster', platform: [{ name: 'Kubernetes', version: 'v1.35.0' }], platformProblem: 'The API server does not answer.', parts: null,
      },
    }));
    await page.goto('/about');
    await expect(bill(page)).toContainText('The parts are not known');
    await expect(bill(page).getByRole('link')).toHaveCount(0);
    await expect(page.getByRole('alert')).toContainText('The API server does not answer.');
    await inspect(page, 'about-unknown');
  });
}
