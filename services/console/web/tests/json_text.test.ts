// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { indented, memberText } from '../src/text/json_text';

describe('JSON as text', () => {
  // reports 7
  it('keeps every digit of a number', () => {
    const data = '{"Key":1524831183200260097,"Big":123456789012345678901234567890,"One":1.10}';
    const answer = `{"row":{"seq":"1","event":2},"event":{"id":"1","data":${data}},"verdicts":[]}`;
    const event = memberText(answer, 'event') ?? '';
    expect(memberText(event, 'data')).toBe(data);
    expect(indented(data)).toBe('{\n  "Key": 1524831183200260097,\n  "Big": 123456789012345678901234567890,\n  "One": 1.10\n}');
  });

  it('is indented as JSON.stringify does', () => {
    for (const value of [{}, [], { a: [], b: {}, c: [1, 'x,{}":', null], d: { e: true } }, 'a "quoted" \\ text', -1.5e-7, [[[]]]]) {
      expect(indented(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      expect(indented(JSON.stringify(value, null, 4))).toBe(JSON.stringify(value, null, 2));
    }
  });

  it('finds a member of the object itself, not one further in or a text like it', () => {
    const json = '{"a":{"b":1},"c":"b","b":[{"b":2}]}';
    expect(memberText(json, 'b')).toBe('[{"b":2}]');
    expect(memberText(json, 'c')).toBe('"b"');
    expect(memberText(json, 'd')).toBeUndefined();
    expect(memberText('[]', 'b')).toBeUndefined();
  });
});
