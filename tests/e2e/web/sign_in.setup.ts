// SPDX-License-Identifier: Apache-2.0
import { expect, test } from './support/test';
import { code, login_link, origin, session_file } from './support/target';

test.use({ expected: /status of 401/ });

test('the login link signs in, once', async ({ page, playwright }) => {
  await page.goto(login_link);
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  expect(page.url(), 'the code is out of the address').toBe(`${origin}/`);
  await page.context().storageState({ path: session_file });

  const stranger = await playwright.request.newContext({ baseURL: origin });
  const again = await stranger.post('/api/v1/session', { headers: { 'X-Requested-With': 'millrace', Origin: origin }, data: { code } });
  expect(again.status()).toBe(401);
  expect(await again.json()).toMatchObject({ code: 'login.refused', status: 401 });
  await stranger.dispose();
});
