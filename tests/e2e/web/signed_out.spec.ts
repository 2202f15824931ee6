// SPDX-License-Identifier: Apache-2.0
// Who is not signed in sees the sign-in page, whatever the address, and nothing else.
import { inspect, widths } from './support/inspect';
import { expect, test } from './support/test';

test.use({ storageState: { cookies: [], origins: [] } });

for (const width of widths) {
  test(`the sign-in page is accessible in light and dark, and fits ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto('/events');
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await inspect(page, 'login');
  });
}
