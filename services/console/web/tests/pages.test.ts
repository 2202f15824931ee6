// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { FunctionSummary, Host, Overview, Recipe } from '../src/api/types';
import { matched } from '../src/app/match';
import { vmActions } from '../src/datacentre/host_panel';
import { pathFault, sameFiles } from '../src/functions/code_draft';
import { draftOf, faultsOf, filled, nameFault } from '../src/functions/draft';
import { current } from '../src/functions/functions_page';
import { firstSteps } from '../src/pages/first_steps';
import { counted, series, sinceFirst } from '../src/pages/series';
import { fullType, offers } from '../src/ui/type_picker';

const recipe: Recipe = {
  id: 'host-maintenance', title: 'T', summary: 'S', runtime: 'python', eventTypes: ['a', 'b'], readme: '', files: [],
  triggers: [{ types: ['a', 'b'], attributes: [] }],
  env: [{ name: 'URL', title: '', description: '', kind: 'url', required: true, default: 'https://x' }],
  secrets: [{ name: 'PASSWORD', title: '', description: '', kind: 'password', required: true, default: '' }],
};

describe('the create page', () => {
  it('begins with what the recipe proposes', () => {
    expect(draftOf(recipe, '', [])).toEqual({ name: 'host-maintenance', triggers: recipe.triggers, env: { URL: 'https://x' }, secrets: { PASSWORD: '' } });
  });

  it('proposes a name that is free', () => {
    expect(draftOf(recipe, '', ['host-maintenance', 'host-maintenance-2', 'x']).name).toBe('host-maintenance-3');
  });

  it('begins with the event it was opened from', () => {
    expect(draftOf(recipe, 'c', []).triggers).toEqual([{ types: ['c'], attributes: [] }]);
  });

  it('names every fault at once, by where it is in the request', () => {
    const draft = { ...draftOf(recipe, '', []), name: 'Bad', env: { URL: 'nowhere' }, triggers: [{ types: [], attributes: [{ attribute: 'vmName', op: 'exact' as const, value: '' }] }] };
    expect([...faultsOf(draft, recipe).keys()].sort()).toEqual(
      ['/env/URL', '/name', '/secrets/PASSWORD', '/triggers/0/attributes/0/attribute', '/triggers/0/attributes/0/value']);
  });

  it.each(['', 'new', 'Echo', '1st', 'a_b', 'a-', 'a'.repeat(51)])('refuses the name "%s"', (name) => expect(nameFault(name)).toBeDefined());
  it.each(['echo', 'a', 'tag-vm-2'])('takes the name "%s"', (name) => expect(nameFault(name)).toBeUndefined());

  it('does not send fields left empty', () => expect(filled({ A: '', B: '1' })).toEqual({ B: '1' }));
});

describe('the event type picker', () => {
  const seen = [{ type: 'com.vmware.vsphere.VmPoweredOnEvent.v0', count: 3, lastSeen: '' }, { type: 'org.example.made', count: 1, lastSeen: '' }];

  it('finds a type by the words it is said in', () => {
    expect(offers(seen, [], 'powered on').map((offer) => offer.type)).toEqual(['com.vmware.vsphere.VmPoweredOnEvent.v0']);
  });

  it('does not offer what is chosen', () => expect(offers(seen, ['org.example.made'], 'org')).toEqual([{ type: 'org', count: undefined }]));

  it('takes a class name for the type of that name', () => {
    expect(fullType('VmCreatedEvent')).toBe('com.vmware.vsphere.VmCreatedEvent.v0');
    expect(fullType('org.example.made')).toBe('org.example.made');
  });
});

const point = (minute: number, received: number) => ({ at: `2026-03-04T10:0${minute}:00Z`, received, delivered: 0, failed: 0 });
it('draws no data as a gap and none as zero', () => {
  const [at = [], received = []] = series({ stepSeconds: 60, points: [point(0, 4), point(1, 0), point(3, 2)] });
  expect(at).toHaveLength(4);
  expect(received).toEqual([4, 0, null, 2]);
});

it('leaves out the minute that is still being counted, unless it is the first', () => {
  const at = (...received: number[]) => counted({ stepSeconds: 60, points: received.map((n, i) => point(i, n)) }).map((p) => p.received);
  expect(at(4, 5, 1)).toEqual([4, 5]);
  expect(at(0, 0, 1)).toEqual([0, 0, 1]);
  expect(at()).toEqual([]);
});

it('begins the plot shortly before the first event, and shows a quarter of an hour at least', () => {
  const hour = (busyFrom: number) => Array.from({ length: 60 }, (_, n) => point(n, n < busyFrom ? 0 : 3));
  expect(sinceFirst({ stepSeconds: 60, points: hour(20) })).toHaveLength(41);
  expect(sinceFirst({ stepSeconds: 60, points: hour(58) })).toHaveLength(15);
  expect(sinceFirst({ stepSeconds: 60, points: hour(60) })).toHaveLength(15);
  expect(sinceFirst({ stepSeconds: 60, points: hour(0) })).toHaveLength(60);
});

describe('the first steps', () => {
  const overview: Overview = { rates: { stepSeconds: 60, points: [] }, sources: [], failingFunctions: [], services: [] };
  const echo = { name: 'echo', calls: 2, failures: 2 } as FunctionSummary;
  const done = (functions: FunctionSummary[]) => firstSteps(overview, functions, '/events').filter((step) => step.done).map((step) => step.id);

  it('are open before anything happened', () => expect(done([])).toEqual([]));
  it('do not count a function that only failed as run', () => expect(done([echo])).toEqual(['function']));
  it('count a call that worked', () => expect(done([{ ...echo, failures: 1 }])).toEqual(['function', 'run']));
});

it('shows a function as the stream last told it, and none that is not listed', () => {
  const echo = { name: 'echo', state: 'Idle' } as FunctionSummary;
  const seen = new Map([['echo', { ...echo, state: 'Running' as const }], ['gone', { ...echo, name: 'gone' }]]);
  expect(current([echo], seen).map(({ name, state }) => `${name} ${state}`)).toEqual(['echo Running']);
});

it('offers to move a VM only to hosts that take it', () => {
  const host = (id: string, part: Partial<Host> = {}): Host => ({ id, name: id, connection: 'connected', maintenance: 'none', vrops: null, vms: [], ...part });
  const hosts = [host('a'), host('b'), host('c', { maintenance: 'in' }), host('d', { connection: 'notResponding' })];
  const moves = vmActions({ id: 'vm', name: 'vm', power: 'on', snapshots: 0 }, host('a'), hosts).filter((action) => action.action === 'migrate');
  expect(moves.map((action) => action.host)).toEqual(['b']);
});

describe('files', () => {
  const files = [{ path: 'handler.py', content: 'x' }, { path: 'a.json', content: '{}' }];
  it('are the same in any order', () => expect(sameFiles(files, [...files].reverse())).toBe(true));
  it('differ by content and by number', () => {
    expect(sameFiles(files, [{ path: 'handler.py', content: 'y' }, { path: 'a.json', content: '{}' }])).toBe(false);
    expect(sameFiles(files, files.slice(1))).toBe(false);
  });
  it.each([['', 'empty'], ['../x', 'characters'], ['.hidden', 'characters'], ['a.json', 'taken'], ['b.json', undefined]])(
    'named "%s" are judged %s', (path, fault) => expect(pathFault(path, files)).toBe(fault));
});

describe('addresses', () => {
  it('give their parts', () => expect(matched('/functions/:name/:tab', '/functions/echo/logs')).toEqual({ name: 'echo', tab: 'logs' }));
  it('match with a slash at the end, too', () => expect(matched('/events', '/events/')).toEqual({}));
  it('match the root', () => expect(matched('/', '/')).toEqual({}));
  it('do not match another length', () => expect(matched('/functions/:name', '/functions')).toBeUndefined());
  it('survive a broken escape', () => expect(matched('/events/:seq', '/events/%')).toEqual({ seq: '%' }));
});
