// SPDX-License-Identifier: Apache-2.0
// `test` whose page fails the test for what a user never sees: console errors, violations of the
// content security policy, script dialogs, requests that leave the console's own address.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base, type APIRequestContext, type Page } from '@playwright/test';
import { origin } from './target';

export { expect };

function watch(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:') faults.push(`request to ${url.origin}`);
  });
}

interface Fixtures {
  /// Faults a test expects, such as the browser's line about a 412 it provokes.
  expected: RegExp[];
}

export const test = base.extend<Fixtures>({
  expected: [[], { option: true }],
  page: async ({ page, expected }, use) => {
    const faults: string[] = [];
    watch(page, faults);
    await use(page);
    const unexpected = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)));
    expect(unexpected, 'what the browser complained of').toEqual([]);
  },
});

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(said, 'accessibility violations').toEqual([]);
}

/// At no width does a page have to be scrolled sideways.
export async function expectReflow(page: Page): Promise<void> {
  const main = page.locator('#main');
  const over = await main.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(over, 'pixels wider than the window').toBeLessThanOrEqual(0);
}

const headers = { 'X-Requested-With': 'millrace', Origin: origin };

export interface FunctionWish { name: string; recipe: string; types: string[]; secrets?: Record<string, string>; env?: Record<string, string> }

/// Makes a function through the API and waits until it is deployed.
export async function createFunction(request: APIRequestContext, wish: FunctionWish): Promise<void> {
  const { name, recipe, types, secrets = {}, env = {} } = wish;
  const data = { name, recipe, triggers: [{ types, attributes: [] }], env, secrets };
  const answer = await request.post('/api/v1/functions', { headers, data });
  expect(answer.status(), await answer.text()).toBe(201);
  await expect.poll(async () => {
    const detail = await (await request.get(`/api/v1/functions/${name}`)).json() as { deployment: { state: string } };
    return detail.deployment.state;
  }, { timeout: 30_000 }).toBe('done');
}

export async function deleteFunction(request: APIRequestContext, name: string): Promise<void> {
  const answer = await request.delete(`/api/v1/functions/${name}`, { headers });
  expect([204, 404]).toContain(answer.status());
}

interface Vm { id: string; name: string; power: string }
interface Host { id: string; name: string; maintenance: string; connection: string; vms: Vm[] }

export async function hosts(request: APIRequestContext): Promise<Host[]> {
  const { clusters } = await (await request.get('/api/v1/datacentre')).json() as { clusters: { hosts: Host[] }[] };
  return clusters.flatMap((cluster) => cluster.hosts);
}

export async function act(request: APIRequestContext, data: { action: string; target?: string; count?: number }): Promise<void> {
  const answer = await request.post('/api/v1/datacentre/actions', { headers, data });
  expect(answer.status(), await answer.text()).toBe(202);
}

/// A name no earlier run used.
export function freshName(stem: string): string {
  return `${stem}-${Date.now().toString(36)}`;
}
