// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Problem } from '../src/api/types';
import { changes, faultsByKey, isOn, labelOf, movedTo, shownValue, type FormField } from '../src/form/form';
import type { SetupForm, SetupStatus, SetupStep } from '../src/setup/setup_api';
import { isOpen, progress } from '../src/setup/setup_view';

const field = (key: string, part: Partial<FormField> = {}): FormField => ({
  key, type: 'host', label: key.toUpperCase(), help: '', value: '', default: '', example: '', secret: false, required: false, ...part,
});
const form: SetupForm = {
  groups: [
    { id: 'network', label: 'Network', help: '', fields: [field('dns'), field('netmask', { choices: ['24', '23'], default: '24' })] },
    { id: 'access', label: 'Access', help: '', fields: [field('password', { type: 'password', secret: true }), field('ssh', { type: 'boolean', default: 'false' })] },
    { id: 'proxy', label: 'Proxy', help: '', fields: [field('http_proxy')] },
  ],
  values: { dns: '192.0.2.1', ssh: 'True' }, secretsSet: ['password'], faults: [{ property: 'dns', problem: 'is wrong.' }], notes: [],
};
const problem = { errors: [{ pointer: '/values/ssh', code: 'invalid', detail: 'is none.' }] } as Problem;

describe('the set-up form', () => {
  it('sends what was changed alone, and no secret that was left empty', () => {
    expect(changes(form, {})).toEqual({});
    expect(changes(form, { dns: '192.0.2.1', ssh: 'false', password: '', http_proxy: '' })).toEqual({ ssh: 'false' });
    expect(changes(form, { dns: '', password: 'new' })).toEqual({ dns: '', password: 'new' });
  });

  it('shows what was typed, else what it has, else the default of a choice', () => {
    const [dns, netmask, password] = [field('dns', { default: 'x' }), field('netmask', { choices: ['24'], default: '24' }), field('password', { secret: true })];
    expect(shownValue(dns, form, {})).toBe('192.0.2.1');
    expect(shownValue(dns, form, { dns: '' }), 'emptied').toBe('');
    expect(shownValue(netmask, form, {})).toBe('24');
    expect(shownValue(password, form, {})).toBe('');
  });

  it.each(['true', 'True', ' YES ', 'on', '1'])('takes "%s" for on', (value) => expect(isOn(value)).toBe(true));
  it.each(['', 'false', 'maybe'])('takes "%s" for off', (value) => expect(isOn(value)).toBe(false));

  it('has the faults of the last answer, else those it came with', () => {
    expect([...faultsByKey(undefined, form.faults)]).toEqual([['dns', 'is wrong.']]);
    expect([...faultsByKey(problem, form.faults)]).toEqual([['ssh', 'is none.']]);
    expect([...faultsByKey({ status: 503 } as Problem, form.faults)]).toEqual([['dns', 'is wrong.']]);
    expect(labelOf(form, 'dns')).toBe('DNS');
    expect(labelOf(form, 'ovf environment')).toBe('ovf environment');
  });

  it('opens what is needed, given or wrong', () => {
    const open = (faults: Map<string, string>) => form.groups.filter((group) => isOpen(group, form, faults)).map(({ id }) => id);
    expect(open(new Map())).toEqual(['network', 'access']);
    expect(open(new Map([['http_proxy', 'x']]))).toEqual(['network', 'access', 'proxy']);
  });

  it('says where the appliance will be, if it moves', () => {
    const at = (ipaddress: string) => ({ ipaddress });
    expect(movedTo(at('192.0.2.9'), '192.0.2.7')).toBe('https://192.0.2.9/');
    expect(movedTo(at('192.0.2.7'), '192.0.2.7')).toBeUndefined();
    expect(movedTo(at('javascript:alert(1)'), 'x')).toBeUndefined();
    expect(movedTo(undefined, 'x')).toBeUndefined();
  });

  it('counts the steps that have ended', () => {
    const steps = (['held', 'done', 'warning', 'failed', 'waiting', 'running'] as const).map((state) => ({ state }) as SetupStep);
    expect(progress({ steps } as SetupStatus)).toEqual({ ended: 3, all: 6 });
  });
});
