// SPDX-License-Identifier: Apache-2.0
import en from '../i18n/en.json';

export type Key = keyof typeof en;
type Values = Record<string, string | number>;

const catalog: Record<string, string> = en;
export const locale = 'en';
const plural = new Intl.PluralRules(locale);
const count = new Intl.NumberFormat(locale);

/// The catalog key for `n` of a key that has plural forms (`x.one`, `x.other`).
function chosen(key: string, values: Values): string {
  const n = values['n'];
  if (typeof n !== 'number') return key;
  const form = `${key}.${plural.select(n)}`;
  if (form in catalog) return form;
  return `${key}.other` in catalog ? `${key}.other` : key;
}

/// The text of `key` with `{name}` replaced by `values.name`; numbers are grouped as the locale does.
/// A key that is missing shows itself: the catalog test keeps that from happening.
export function t(key: Key | PluralKey, values: Values = {}): string {
  const text = catalog[chosen(key, values)] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? count.format(value) : value;
  });
}

/// `t` for a key put together from outside input (a state, an error code); undefined if there is none.
export function maybe(key: string): string | undefined {
  return catalog[key];
}

/// `x` for each pair `x.one`, `x.other` of the catalog.
export type PluralKey = Key extends infer K ? (K extends `${infer Base}.other` ? Base : never) : never;
