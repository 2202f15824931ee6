// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { explain, plainError } from '../src/text/verdict';

const type = 'com.vmware.vsphere.VmPoweredOnEvent.v0';

describe('the explanation of a no-match', () => {
  it('finds where the values first differ', () => {
    const { difference, sentence } = explain({ dialect: 'exact', attribute: 'type', expected: 'com.vmware.vsphere.DrsVmPoweredOnEvent.v0', actual: type });
    expect(difference).toBe('com.vmware.vsphere.'.length);
    expect(sentence).toContain('type');
  });

  it.each([
    ['upper and lower case', 'VMPOWEREDON', 'VmPoweredOn'],
    ['version', 'com.vmware.vsphere.VmPoweredOnEvent.v1', type],
    ['space', 'prod ', 'prod'],
    ['part of the other', 'VmPoweredOnEvent', type],
  ])('says so when only %s differs', (said, expected, actual) => {
    expect(explain({ dialect: 'exact', attribute: 'type', expected, actual }).hint).toContain(said);
  });

  it('has no hint for values that have nothing in common', () => {
    expect(explain({ dialect: 'exact', attribute: 'subject', expected: 'a', actual: 'b' }).hint).toBe('');
  });

  it('tells an attribute that is not there from one that differs', () => {
    const { sentence, difference } = explain({ dialect: 'prefix', attribute: 'vmname', expected: 'prod-', actual: null });
    expect(sentence).toBe('The event has no attribute vmname; the filter wants “prod-”.');
    expect(difference).toBe(-1);
  });

  it('compares the beginning for a prefix and the end for a suffix', () => {
    expect(explain({ dialect: 'prefix', attribute: 'vmname', expected: 'prod-', actual: 'prxd-web' }).difference).toBe(2);
    expect(explain({ dialect: 'suffix', attribute: 'vmname', expected: '-db', actual: 'web-dc' }).difference).toBe(5);
    expect(explain({ dialect: 'prefix', attribute: 'vmname', expected: 'Prod-', actual: 'prod-web' }).hint).toContain('case');
  });

  it('says of alternatives and exclusions what the event has', () => {
    const any = explain({ dialect: 'any', attribute: 'type', expected: '"a" or "b"', actual: type });
    expect(any.sentence).toBe('The attribute type is none of what the filter wants.');
    expect(any.difference).toBe(-1);
    expect(explain({ dialect: 'not', attribute: 'vmname', expected: 'anything but "a"', actual: 'a' }).sentence).toContain('excludes');
    expect(explain({ dialect: 'any', attribute: '', expected: 'type "a" or vmname "b"', actual: null }).sentence).toBe('None of these held: type "a" or vmname "b"');
    expect(explain({ dialect: 'exact', attribute: 'vmname', expected: '', actual: null }).sentence).toContain('any value');
  });

  it('names a dialect that has no attribute', () => {
    expect(explain({ dialect: 'not', attribute: '', expected: 'not {exact: …}', actual: null }).sentence).toContain('not {exact: …}');
    const { sentence } = explain({ dialect: 'cesql', attribute: '', expected: 'cpus = 4 gave false', actual: null });
    expect(sentence).toBe('The cesql part of the filter did not hold: cpus = 4 gave false');
  });
});

describe('the error of an attempt', () => {
  it.each([
    ['The subscriber answered 500: {"status":500,"detail":"KeyError: \'x\'"}', "KeyError: 'x'"],
    ['The subscriber answered 500: {"status":500,"det', '{"status":500,"det'],
    ['The subscriber answered 500: {"status":500}', '{"status":500}'],
    ['The subscriber answered 503: busy', 'busy'],
    ['The subscriber answered 404.', ''],
    ['timed out after 10000 ms', 'timed out after 10000 ms'],
  ])('%s', (error, said) => expect(plainError(error)).toBe(said));
});
