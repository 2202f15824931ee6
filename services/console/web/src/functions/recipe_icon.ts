// SPDX-License-Identifier: Apache-2.0
import type { RecipeSummary } from '../api/types';

/// By what the recipe is about, as its id says it; else by its language.
const icons: readonly [RegExp, string][] = [
  [/blank/, 'plus'], [/maintenance/, 'wrench'], [/webhook|notify|slack|teams/, 'connect'], [/echo|print|log/, 'list'], [/snapshot/, 'camera'],
  [/tag|attribute/, 'key'], [/power/, 'power'], [/mail/, 'copy'],
];

export function iconOf({ id, runtime }: RecipeSummary): string {
  return icons.find(([about]) => about.test(id))?.[1] ?? (runtime !== 'python' ? 'terminal' : 'recipe');
}
