// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import en from '../src/i18n/en.json';

const catalog: Record<string, string> = en;
const source = join(import.meta.dirname, '../src');
const code = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('schema.d.ts'))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');

/// The keys the code names, as written; `…${x}…` as a pattern.
function named(): { exact: Set<string>; patterns: RegExp[] } {
  const exact = new Set([...code.matchAll(/'([a-zA-Z]+(?:\.[A-Za-z]+)*)'/g)].map(([, key = '']) => key));
  const patterns = [...code.matchAll(/\b(?:t|maybe)\(`([^`]+)`/g)].map(([, text = '']) =>
    new RegExp(`^${text.replace(/\./g, '\\.').replace(/\$\{[^}]*\}/g, '[A-Za-z0-9]+')}$`));
  return { exact, patterns };
}

const plural = /\.(one|other)$/;
const base = (key: string) => key.replace(plural, '');

it('holds no text that nothing shows', () => {
  const { exact, patterns } = named();
  const unused = Object.keys(catalog).filter((key) =>
    ![key, base(key)].some((name) => exact.has(name) || patterns.some((pattern) => pattern.test(name))));
  expect(unused).toEqual([]);
});

it('has at least one text for every key put together from parts', () => {
  const keys = Object.keys(catalog).flatMap((key) => [key, base(key)]);
  const empty = named().patterns.filter((pattern) => !keys.some((key) => pattern.test(key)));
  expect(empty).toEqual([]);
});

it('has both plural forms, with the same placeholders', () => {
  const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const key of Object.keys(catalog).filter((name) => name.endsWith('.other'))) {
    const one = catalog[`${base(key)}.one`];
    expect(one, `${base(key)}.one`).toBeDefined();
    const missing = placeholders(one ?? '').filter((name) => !placeholders(catalog[key] ?? '').includes(name));
    expect(missing, key).toEqual([]);
  }
});

it('has no empty text', () => {
  expect(Object.entries(catalog).filter(([, text]) => text.trim() === '')).toEqual([]);
});
