// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { restartWords } from '../src/text/restarts';

describe('how often a service was restarted', () => {
  it.each([
    [0, 'Never restarted'],
    [1, 'Restarted once,'],
    [2, 'Restarted 2 times, last'],
    [1234, 'Restarted 1,234 times, last'],
  ])('%i reads well', (count, words) => {
    expect(restartWords({ count, lastAt: null })).toBe(words);
  });
});
