// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Field, FunctionDetail, FunctionSummary, Host, Overview, Recipe } from '../src/api/types';
import { matched } from '../src/app/match';
import { vmActions } from '../src/datacentre/host_panel';
import { pathFault, sameFiles } from '../src/functions/code_draft';
import { draftOf, faultsOf, fieldFault, filled, inOrder, nameFault } from '../src/functions/draft';
import { current } from '../src/functions/functions_page';
import { iconOf } from '../src/functions/recipe_icon';
import { firstSteps } from '../src/pages/first_steps';
import { counted, series, sinceFirst } from '../src/pages/series';
import { fullType, offers } from '../src/ui/type_picker';

const recipe: Recipe = {
  id: 'host-maintenance', title: 'T', summary: 'S', runtime: 'python', remedy: '', eventTypes: ['a', 'b'], readme: '', files: [],
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

  // ui-trial 28, 29
  it('asks for address and user before the password', () => {
    const field = (name: string, kind: Field['kind'], required = true) => ({ name, kind, required } as Field);
    const fields = [field('PEM', 'multiline'), field('PASSWORD', 'password'), field('NOTE', 'text', false), field('USER', 'text'), field('URL', 'url')];
    expect(inOrder(fields).map(({ name }) => name)).toEqual(['URL', 'USER', 'PASSWORD', 'PEM', 'NOTE']);
  });

  it('takes web addresses only', () => {
    const url = { kind: 'url', required: true } as Field;
    expect(fieldFault(url, 'https://x.example')).toBeUndefined();
    for (const bad of ['ftp://x', 'x', 'https://', 'javascript:alert(1)']) expect(fieldFault(url, bad), bad).toBeDefined();
  });

  it('tells recipes apart by their icons', () => {
    const icons = ['echo', 'host-maintenance', 'webhook-notify'].map((id) => iconOf({ id, runtime: 'python' } as Recipe));
    expect(new Set(icons).size).toBe(3);
  });

  it('does not send fields left empty', () => expect(filled({ A: '', B: '1' })).toEqual({ B: '1' }));
});

describe('the event type picker', () => {
  const seen = [{ type: 'com.vmware.vsphere.VmPoweredOnEvent.v0', count: 3, lastSeen: '' }, { type: 'org.example.made', count: 1, lastSeen: '' }];

  it('finds a type by the words it is said in', () => {
    expect(offers(seen, [], 'powered on')[0]).toEqual({ type: 'com.vmware.vsphere.VmPoweredOnEvent.v0', count: 3, lastSeen: '' });
  });

  // ui-trial 10
  it('offers what vCenter has before any was seen, marked as such, and no class that is never sent', () => {
    expect(offers([], [], 'vm powered off')).toContainEqual({ type: 'com.vmware.vsphere.VmPoweredOffEvent.v0', count: 0 });
    expect(offers([], [], 'VmPoweredOnEvent')[0]?.type, 'the one that is named comes first').toBe('com.vmware.vsphere.VmPoweredOnEvent.v0');
    expect(offers([], [], 'com.vmware.vsphere.VmEvent.v0')).toEqual([{ type: 'com.vmware.vsphere.VmEvent.v0', count: undefined }]);
    expect(offers([], [], ''), 'nothing but what was seen until something is typed').toEqual([]);
  });

  it('tells free text from types that somebody knows', () => {
    const power = offers(seen, [], 'power');
    expect(power.at(-1)).toEqual({ type: 'power', count: undefined });
    expect(power.filter(({ count }) => count === undefined)).toHaveLength(1);
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
  const overview: Overview = { rates: { stepSeconds: 60, points: [] }, pending: 0, sources: [], failingFunctions: [], services: [] };
  const begun = '2026-03-04T10:00:00Z';
  const echo = { name: 'echo', calls: 2, failures: 2, createdAt: '2026-03-04T10:05:00Z' } as FunctionDetail;
  const done = (functions: FunctionDetail[]) => firstSteps(overview, functions, '/events', begun).filter((step) => step.done).map((step) => step.id);

  it('are open before anything happened', () => expect(done([])).toEqual([]));
  it('do not count a function that only failed as run', () => expect(done([echo])).toEqual(['function']));
  it('count a call that worked', () => expect(done([{ ...echo, failures: 1 }])).toEqual(['function', 'run']));
  // ui-trial 23
  it('do not count what was there before', () => expect(done([{ ...echo, failures: 0, createdAt: '2026-03-04T09:59:00Z' }])).toEqual([]));
});

it('shows a function as the stream last told it, with those that are new and without those that are gone', () => {
  const echo = { name: 'echo', state: 'Idle' } as FunctionSummary;
  const seen = new Map([['echo', { ...echo, state: 'Running' as const }], ['new', { ...echo, name: 'new' }]]);
  const listed = [echo, { ...echo, name: 'gone' }];
  expect(current(listed, seen, new Set(['gone'])).map(({ name, state }) => `${name} ${state}`)).toEqual(['echo Running', 'new Idle']);
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
