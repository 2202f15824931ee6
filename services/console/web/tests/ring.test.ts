// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { appended } from '../src/stream/ring';

it('drops the oldest lines beyond the limit', () => {
  expect(appended([1, 2, 3], [4, 5], 4)).toEqual([2, 3, 4, 5]);
});

it('keeps the newest of more lines than fit', () => {
  expect(appended([1], [2, 3, 4, 5], 3)).toEqual([3, 4, 5]);
});

it('gives the same list back when nothing came', () => {
  const lines = [1, 2];
  expect(appended(lines, [], 5)).toBe(lines);
});
