// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { className, humanType, nearMisses } from '../src/text/event_names';
import { ago, byteSize, clockTime, fromLocalInput, milliseconds, rounded, shortTime, toLocalInput } from '../src/text/format';
import { t } from '../src/text/i18n';
import { logText, visible } from '../src/text/visible';
import { pieces } from '../src/ui/json_view';

const now = new Date('2026-03-04T12:00:00Z');

describe('times', () => {
  it('leaves the day out today and tells it otherwise', () => {
    expect(shortTime('2026-03-04T09:05:07Z', now)).toBe('09:05:07');
    expect(shortTime('2026-03-02T09:05:07Z', now)).toBe('Mar 2, 09:05:07');
    expect(clockTime('2026-03-02T09:05:07Z')).toBe('09:05:07');
  });

  it('shows what it can not read as it is', () => {
    expect(shortTime('yesterday', now)).toBe('yesterday');
    expect(ago('', now)).toBe('');
  });

  it.each([
    ['2026-03-04T11:59:58Z', 'just now'], ['2026-03-04T12:00:04Z', 'just now'], ['2026-03-04T11:59:20Z', '40 seconds ago'],
    ['2026-03-04T11:58:30Z', '1 minute ago'], ['2026-03-04T09:00:00Z', '3 hours ago'], ['2026-03-01T12:00:00Z', '3 days ago'],
  ])('says %s as %s', (at, said) => expect(ago(at, now)).toBe(said));

  it('does not call the future past', () => {
    expect(ago('2026-03-04T12:10:00Z', now)).toContain('2026');
  });

  it('takes a local time to an instant and back', () => {
    expect(fromLocalInput(toLocalInput('2026-03-04T09:05:00.000Z'))).toBe('2026-03-04T09:05:00.000Z');
    expect(toLocalInput('')).toBe('');
    expect(fromLocalInput('nonsense')).toBe('');
  });
});

it('gives durations in the unit one reads', () => {
  expect([12.4, 1234, 61_000].map(milliseconds)).toEqual(['12 ms', '1.2 s', '1 min 1 s']);
  expect([9999, 1_234_567].map(rounded)).toEqual(['9,999', '1.2M']);
});

describe('sizes', () => {
  it('have a unit that one can read, and three digits at most', () => {
    expect([0, 1, 1023, 1024, 1536, 300 * 1024 * 1024, 1.5 * 1024 ** 3].map(byteSize)).toEqual(['0 B', '1 B', '1023 B', '1.0 KiB', '1.5 KiB', '300 MiB', '1.5 GiB']);
  });
});

describe('untrusted text', () => {
  it('shows what would hide or reorder text', () => {
    expect(visible('a\u202eb\u200bc\u0000d')).toBe('a⟨U+202E⟩b⟨U+200B⟩c␀d');
  });

  it('leaves tabs, line ends, markup and other scripts as they are', () => {
    const text = '<img src=x onerror=alert(1)>\tä 漢 😀\n';
    expect(visible(text)).toBe(text);
  });

  it('takes terminal colours and titles out of log lines', () => {
    expect(logText('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007plain\r')).toBe('red plain');
  });

  it('keeps every character of JSON it colours', () => {
    const json = JSON.stringify({ a: 'x "y"', b: [1, -2.5e3, true, null], 'c:': {} }, null, 2);
    expect(pieces(json).map((piece) => piece.text).join('')).toBe(json);
    expect(pieces('{"a": "b"}').filter((piece) => piece.kind !== '').map((piece) => piece.kind)).toEqual(['key', 'string']);
  });
});

describe('event types', () => {
  it('are said in words', () => {
    expect(humanType('com.vmware.vsphere.DrsVmPoweredOnEvent.v0')).toBe('DRS VM powered on');
    expect(humanType('com.vmware.vsphere.EnteredMaintenanceModeEvent.v0')).toBe('Entered maintenance mode');
    expect(humanType('com.vmware.vsphere.esx.clear.net.connectivity.restored.v0')).toBe('esx.clear.net.connectivity.restored');
    expect(className('org.example.made')).toBe('org.example.made');
  });

  it('have near misses that hold one another', () => {
    const seen = ['VmPoweredOffEvent', 'DrsVmPoweredOnEvent', 'VmPoweredOnEvent'].map((name) => `com.vmware.vsphere.${name}.v0`);
    expect(nearMisses('com.vmware.vsphere.VmPoweredOnEvent.v0', seen)).toEqual(['com.vmware.vsphere.DrsVmPoweredOnEvent.v0']);
    expect(nearMisses('com.vmware.vsphere.DrsVmPoweredOnEvent.v0', seen)).toEqual(['com.vmware.vsphere.VmPoweredOnEvent.v0']);
  });
});

it('chooses the plural and groups numbers', () => {
  expect(t('history.read', { n: 1 })).toBe('1 event found.');
  expect(t('history.read', { n: 1200 })).toBe('1,200 events found.');
});
