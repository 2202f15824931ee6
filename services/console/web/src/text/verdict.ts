// SPDX-License-Identifier: Apache-2.0
// Says in words why a trigger did not match.
import type { Clause } from '../api/types';
import { t } from './i18n';

export interface Explanation {
  /// One sentence.
  sentence: string;
  /// Where `expected` and `actual` first differ, in characters; -1 when that says nothing.
  difference: number;
  /// What usually causes this difference; empty when there is no typical cause.
  hint: string;
}

function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : length;
}

function hintFor(expected: string, actual: string): string {
  if (expected.trim() === actual.trim()) return t('verdict.hint.space');
  if (expected.toLowerCase() === actual.toLowerCase()) return t('verdict.hint.case');
  const suffix = /\.v\d+$/;
  if (expected.replace(suffix, '') === actual.replace(suffix, '')) return t('verdict.hint.version');
  if (actual.includes(expected) || expected.includes(actual)) return t('verdict.hint.part');
  return '';
}

function lastDifference(expected: string, actual: string): number {
  const length = Math.min(expected.length, actual.length);
  for (let i = 1; i <= length; i += 1) {
    if (expected[expected.length - i] !== actual[actual.length - i]) return actual.length - i;
  }
  return -1;
}

/// Contract: the clause did not hold for the event.
export function explain(clause: Clause): Explanation {
  const { attribute, expected, actual, dialect } = clause;
  if (attribute === '') return { sentence: t('verdict.dialect', { dialect, expected }), difference: -1, hint: '' };
  if (actual === null) return { sentence: t('verdict.absent', { attribute, expected }), difference: -1, hint: '' };
  const values = { attribute, expected, actual };
  if (dialect === 'prefix') {
    const difference = firstDifference(expected, actual);
    return { sentence: t('verdict.prefix', values), difference, hint: hintFor(expected, actual.slice(0, expected.length)) };
  }
  if (dialect === 'suffix') {
    return { sentence: t('verdict.suffix', values), difference: lastDifference(expected, actual), hint: hintFor(expected, actual.slice(-expected.length)) };
  }
  return { sentence: t('verdict.exact', values), difference: firstDifference(expected, actual), hint: hintFor(expected, actual) };
}
