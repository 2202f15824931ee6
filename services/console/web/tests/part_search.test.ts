// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { matching } from '../src/about/part_search';
import type { Part } from '../src/api/types';

const part = (name: string, more: Partial<Part> = {}): Part => ({ name, version: '1.0', licences: [], sources: [], purl: name, ...more });
const parts = [part('libssl3', { licences: ['Apache-2.0'], sources: ['Debian 13'] }), part('preact', { version: '11.2.0', licences: ['MIT'], sources: ['npm'] })];
const names = (text: string) => matching(parts, text).map(({ name }) => name);

it('a part is found by any of its columns, in either case', () => {
  expect(['SSL', '11.2', 'mit', 'debian'].map(names)).toEqual([['libssl3'], ['preact'], ['preact'], ['libssl3']]);
});

it('every word has to occur, in whatever column', () => {
  expect([names('debian apache'), names('debian mit'), names('  ')]).toEqual([['libssl3'], [], ['libssl3', 'preact']]);
});
