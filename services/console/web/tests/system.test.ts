// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Problem } from '../src/api/types';
import { fieldsOf, type FormField } from '../src/form/form';
import { archiveName, resumesAt } from '../src/system/images_view';
import type { Images, System, SystemOutcome, Trial } from '../src/system/system_api';
import {
  changesOf, credentialsForm, daysUntil, endedWith, endsSessions, faultsByTab, isCredential, isSilence, moveOf, secondsLeft, spokenSeconds,
  tabOf, unequal, without,
} from '../src/system/system_view';

const field = (key: string, part: Partial<FormField> = {}): FormField => ({
  key, type: 'host', label: key.toUpperCase(), help: '', value: '', default: '', example: '', secret: false, required: false, ...part,
});
const password = (key: string) => field(key, { type: 'password', secret: true, required: true });
const network = [field('hostname'), field('ipaddress'), field('ipv6_address'), field('dns')];
const system: System = {
  groups: [
    { id: 'network', label: 'Network', help: '', fields: network },
    { id: 'access', label: 'Access', help: '', fields: [password('root_password'), field('enable_ssh', { type: 'boolean' }), field('endpoint_username'), password('endpoint_password')] },
    { id: 'certificates', label: 'Certificates', help: '', fields: [field('custom_tls_private_key', { type: 'private_key', secret: true })] },
  ],
  values: { hostname: 'Millrace.example.com', ipaddress: '192.0.2.7', dns: '192.0.2.1', endpoint_username: 'admin' }, secretsSet: [],
};
const trial: Trial = { state: 'onTrial', title: '', problem: '', remainingSeconds: 60 };
const last = (outcome: SystemOutcome['outcome'], time = '2026-01-01T00:00:00Z'): SystemOutcome => ({ outcome, problem: '', time });

describe('a change of the system', () => {
  it('sends what was changed in the one form alone', () => {
    const draft = { dns: '192.0.2.2', ipaddress: '192.0.2.7', enable_ssh: 'true' };
    expect(changesOf(system, draft, network)).toEqual({ dns: '192.0.2.2' });
    expect(without(draft, ['dns', 'enable_ssh'])).toEqual({ ipaddress: '192.0.2.7' });
  });

  it('has each fault on the tab of its field, and none for a value that is not shown', () => {
    const faults = new Map([['dns', 'x'], ['hostname', 'x'], ['enable_ssh', 'x'], ['vcenter_server', 'x']]);
    expect([...faultsByTab(system, faults)]).toEqual([['network', 2], ['access', 1]]);
    expect(tabOf(system, 'custom_tls_private_key')).toBe('certificates');
    expect(tabOf(system, 'vcenter_server')).toBeUndefined();
  });

  it('keeps passwords, and the name that goes with one, apart from what can be tried', () => {
    expect(fieldsOf(system).filter(isCredential).map(({ key }) => key)).toEqual(['root_password', 'endpoint_username', 'endpoint_password']);
    const form = credentialsForm(system);
    expect(fieldsOf(form).map(({ key, required }) => [key, required])).toEqual([['root_password', false], ['endpoint_username', true], ['endpoint_password', false]]);
    expect(form.secretsSet, 'empty: it stays').toEqual(['root_password', 'endpoint_password']);
  });

  it('wants a new password twice', () => {
    expect(unequal({ root_password: 'a', endpoint_username: 'b' }, {})).toEqual(['root_password']);
    expect(unequal({ root_password: 'a' }, { root_password: 'b' })).toEqual(['root_password']);
    expect(unequal({ root_password: 'a' }, { root_password: 'a' })).toEqual([]);
    expect(unequal({ root_password: '' }, { root_password: 'b' }), 'taken back').toEqual([]);
  });

  it('ends all sessions when it is the name or the password of the web page', () => {
    expect(['root_password', 'endpoint_password', 'endpoint_username'].map((key) => endsSessions({ [key]: 'x' }))).toEqual([false, true, true]);
  });
});

describe('a change that moves the appliance', () => {
  const here = '192.0.2.7';

  it('goes to the new IPv4 address, by whatever name the page was loaded', () => {
    expect(moveOf(system, { ipaddress: ' 192.0.2.9 ' }, here)).toEqual({ address: 'https://192.0.2.9/' });
    expect(moveOf(system, { ipaddress: '192.0.2.9' }, 'millrace.example.com')).toEqual({ address: 'https://192.0.2.9/' });
    expect(moveOf(system, { ipaddress: 'javascript:alert(1)' }, here), 'a fault').toBeUndefined();
  });

  it('goes where nobody knows before, if a DHCP server gives the address', () => {
    expect(moveOf(system, { ipaddress: '' }, here)).toEqual({ address: undefined });
    expect(moveOf(system, { ipv6_address: '' }, '[2001:db8::7]')).toEqual({ address: undefined });
  });

  it('goes to the new IPv6 address where the page was loaded by the old one', () => {
    expect(moveOf(system, { ipv6_address: '2001:db8::9/64' }, '[2001:db8::7]')).toEqual({ address: 'https://[2001:db8::9]/' });
    expect(moveOf(system, { ipv6_address: '2001:db8::9/64' }, here)).toBeUndefined();
  });

  it('goes to the new name where the page was loaded by the old one', () => {
    expect(moveOf(system, { hostname: 'new.example.com' }, 'millrace.example.com')).toEqual({ address: 'https://new.example.com/' });
    expect(moveOf(system, { hostname: 'new.example.com' }, here)).toBeUndefined();
  });

  it('stays where it is by anything else', () => expect(moveOf(system, { dns: '192.0.2.2' }, here)).toBeUndefined());
});

describe('a trial', () => {
  it('counts on by itself while nobody tells, and not below zero', () => {
    expect([0, 999, 1000, 59_500, 61_000, -500].map((later) => secondsLeft(trial, 1000, 1000 + later))).toEqual([60, 60, 59, 1, 0, 60]);
  });

  it('tells a screen reader three times how long it lasts, not each second', () => {
    expect([60, 31, 30, 11, 10, 1, 0].map(spokenSeconds)).toEqual([60, 60, 30, 30, 10, 10, undefined]);
  });

  it('tells what came of it once, to who saw it', () => {
    const [before, during] = [{ ...system, last: last('kept') }, { ...system, last: last('kept'), trial }];
    const undone = last('undone', '2026-01-01T00:01:00Z');
    expect(endedWith(during, { ...system, last: undone })).toEqual(undone);
    expect(endedWith(before, { ...system, last: undone }), 'over before the page heard of it').toEqual(undone);
    expect(endedWith(before, before)).toBeUndefined();
    expect(endedWith(before, during)).toBeUndefined();
    expect(endedWith(undefined, before), 'of an earlier day').toBeUndefined();
  });

  it.each([
    ['network.unreachable', 503, true], ['network.timeout', 503, true], ['service.unavailable', 503, true],
    ['session.expired', 401, false], ['system.noTrial', 409, false],
  ])('takes %s for an appliance that does not answer: %3$s', (code, status, is) => expect(isSilence({ code, status } as Problem)).toBe(is));
});

it('counts the whole days until a certificate expires', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  expect(['2026-01-11T12:00:00Z', '2026-01-02T11:00:00Z', '2026-01-01T11:00:00Z'].map((at) => daysUntil(at, now))).toEqual([10, 0, -1]);
});

describe('an image archive', () => {
  it('has a name that the appliance takes, whatever the file is called', () => {
    expect(archiveName('tool-1.0.tar')).toBe('tool-1.0.tar');
    expect(archiveName('my tool (2).TAR')).toBe('my-tool-2.tar');
    expect(archiveName('..-ärger')).toBe('rger.tar');
    expect(archiveName('ä.tar')).toBe('image.tar');
    expect(archiveName('x'.repeat(300))).toHaveLength(128);
  });

  it('goes on where it stopped, if it is the same', () => {
    const images: Images = { archives: [], freeBytes: 0, architecture: 'amd64', work: { state: 'receiving', name: 'a.tar', bytes: 10, receivedBytes: 4 } };
    expect(resumesAt(images, { name: 'a.tar', size: 10 })).toBe(4);
    expect(resumesAt(images, { name: 'a.tar', size: 11 })).toBeUndefined();
    expect(resumesAt(images, { name: 'b.tar', size: 10 })).toBeUndefined();
    expect(resumesAt({ ...images, work: { state: 'checking', name: 'a.tar', bytes: 10, receivedBytes: 10 } }, { name: 'a.tar', size: 10 })).toBeUndefined();
    expect(resumesAt(undefined, { name: 'a.tar', size: 10 })).toBeUndefined();
  });
});
