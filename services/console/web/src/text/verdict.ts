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

/// `any` and `not`: there is no single value to compare with.
function combined({ dialect, attribute, expected }: Clause): string {
  if (attribute === '') return t(dialect === 'any' ? 'verdict.noneOf' : 'verdict.dialect', { dialect, expected });
  return t(dialect === 'not' ? 'verdict.not' : 'verdict.any', { attribute });
}

/// Contract: the clause did not hold for the event.
export function explain(clause: Clause): Explanation {
  const { attribute, expected, actual, dialect } = clause;
  if (dialect === 'any' || dialect === 'not' || attribute === '') return { sentence: combined(clause), difference: -1, hint: '' };
  if (actual === null) {
    const sentence = expected === '' ? t('verdict.missing', { attribute }) : t('verdict.absent', { attribute, expected });
    return { sentence, difference: -1, hint: '' };
  }
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

const answered = /^The subscriber answered \d+(?::\s*|\.?$)/;

/// What a subscriber said, without the wrapping: the detail of a problem document, else the text.
export function plainError(error: string): string {
  const said = error.replace(answered, '');
  if (!said.startsWith('{')) return said;
  try {
    const { detail } = JSON.parse(said) as { detail?: unknown };
    return typeof detail === 'string' && detail !== '' ? detail : said;
  } catch {
    return said; // cut off, or no JSON: shown as it came
  }
}
