// SPDX-License-Identifier: Apache-2.0
import type { Part } from '../api/types';

/// Of a longer list the first are shown, and how many more there are.
export const licences_shown = 3;

/// Those in whose name, version, licences or sources every word of `text` occurs.
export function matching(parts: readonly Part[], text: string): readonly Part[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return parts;
  return parts.filter(({ name, version, licences, sources }) => {
    const all = [name, version, ...licences, ...sources].join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
