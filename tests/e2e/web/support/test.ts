// SPDX-License-Identifier: Apache-2.0
// `test` whose page fails the test for what a user never sees: console errors, violations of the
// content security policy, script dialogs, requests that leave the console's own address.
import { expect, test as base, type APIRequestContext, type Page } from '@playwright/test';
import { origin } from './target';

export { expect };

function watch(page: Page, faults: string[], own: string): void {
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
    if (url.origin !== own && url.protocol !== 'data:') faults.push(`request to ${url.origin}`);
  });
}

const none = /(?!)/;
type Watched = (page: Page, expected?: RegExp) => Page;

interface Fixtures {
  /// Faults a test expects, such as the browser's line about a 412 it provokes.
  expected: RegExp;
  /// Watches a further page as `page` is watched.
  watched: Watched;
}

export const test = base.extend<Fixtures>({
  expected: [none, { option: true }],
  watched: async ({ baseURL }, use) => {
    const pages: { faults: string[]; expected: RegExp }[] = [];
    await use((page, expected = none) => {
      const faults: string[] = [];
      watch(page, faults, baseURL ?? origin);
      pages.push({ faults, expected });
      return page;
    });
    const unexpected = pages.flatMap(({ faults, expected }) => faults.filter((fault) => !expected.test(fault)));
    expect(unexpected, 'what the browser complained of').toEqual([]);
  },
  page: async ({ page, expected, watched }, use) => use(watched(page, expected)),
});

export const headers = { 'X-Requested-With': 'millrace', Origin: origin };

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

async function revisionOf(request: APIRequestContext, name: string): Promise<string> {
  return ((await (await request.get(`/api/v1/functions/${name}`)).json()) as { revision: string }).revision;
}

/// Puts `code` into the function's handler.py.
export async function putHandler(request: APIRequestContext, name: string, code: string): Promise<void> {
  const address = `/api/v1/functions/${name}/files`;
  const now = await request.get(address);
  const { files } = await now.json() as { files: { path: string; content: string }[] };
  const data = { files: files.map((file) => file.path === 'handler.py' ? { ...file, content: code } : file) };
  const answer = await request.put(address, { headers: { ...headers, 'If-Match': now.headers()['etag'] ?? '' }, data });
  expect(answer.status(), await answer.text()).toBe(200);
}

/// Puts `code` into the function's handler.py and waits until it serves.
export async function writeHandler(request: APIRequestContext, name: string, code: string): Promise<void> {
  const before = await revisionOf(request, name);
  await putHandler(request, name, code);
  await expect.poll(() => revisionOf(request, name), { timeout: 30_000 }).not.toBe(before);
}

/// A VM that is on or off, and what to do to it next.
export async function switchable(request: APIRequestContext): Promise<{ action: string; target: string; name: string }> {
  const vm = (await hosts(request)).flatMap((host) => host.vms).find(({ power }) => power !== 'suspended');
  if (!vm) throw new Error('every VM is suspended');
  return { action: vm.power === 'on' ? 'powerOff' : 'powerOn', target: vm.id, name: vm.name };
}

/// A name no earlier run used.
export function freshName(stem: string): string {
  return `${stem}-${Date.now().toString(36)}`;
}
