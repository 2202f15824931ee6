// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { everything, isBackwards, isFiltered, parametersOf, parseQuery, printQuery, wordsMatch } from '../src/text/event_query';

describe('the address of the events page', () => {
  it('is short when nothing is asked for', () => {
    expect(printQuery(everything)).toBe('');
    expect(parseQuery('')).toEqual(everything);
    expect(isFiltered(everything)).toBe(false);
  });

  it.each(['?q=web+01&type=com.vmware.vsphere.VmPoweredOnEvent.v0', '?subject=A%26B&live=0', '?from=2026-03-01T00%3A00%3A00.000Z&to=2026-03-02T00%3A00%3A00.000Z'])(
    'comes back from %s', (address) => expect(printQuery(parseQuery(address))).toBe(address));

  it('is never live when it ends in the past', () => {
    expect(parseQuery('?to=2026-03-02T00:00:00Z&live=1').live).toBe(false);
  });

  // ui-trial 7
  it('is never live when it asks what became of events', () => {
    for (const address of ['?outcome=failed', '?function=echo']) {
      expect(parseQuery(address).live).toBe(false);
      expect(printQuery(parseQuery(address))).toBe(address);
    }
    expect(parseQuery('?outcome=lost').outcome).toBe('');
    expect(parametersOf(parseQuery('?outcome=failed&vmname=web-01'))).toEqual({ outcome: 'failed', vmname: 'web-01' });
  });

  it('knows when it begins behind its end', () => {
    const times = { from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' };
    expect(isBackwards({ ...everything, ...times })).toBe(true);
    expect(isBackwards({ ...everything, from: times.from })).toBe(false);
    expect(isBackwards({ ...everything, from: times.to, to: times.from })).toBe(false);
  });

  it('leaves out what it does not know', () => {
    expect(printQuery(parseQuery('?q=x&admin=1'))).toBe('?q=x');
  });
});

it('finds rows that hold every word in any order', () => {
  expect(wordsMatch('ON web', 'web-01 is powered on')).toBe(true);
  expect(wordsMatch('web off', 'web-01 is powered on')).toBe(false);
});

it('finds rows that hold a quoted phrase', () => {
  expect(wordsMatch('"powered on"', 'web-01 is powered on')).toBe(true);
  expect(wordsMatch('"on powered" web', 'web-01 is powered on')).toBe(false);
  expect(wordsMatch('"unfinished', 'unfinished')).toBe(true);
});
