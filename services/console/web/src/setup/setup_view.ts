// SPDX-License-Identifier: Apache-2.0
// What the set-up page shows of its form and its steps. Pure.
import type { FormGroup } from '../form/form';
import type { SetupForm, SetupStatus } from './setup_api';

/// Whether a person has to see the group at once: something in it is needed, given, or wrong.
export function isOpen(group: FormGroup, form: SetupForm, faults: Map<string, string>): boolean {
  return group.id === 'network' || group.fields.some(({ key, required }) =>
    required || faults.has(key) || form.values[key] !== undefined || form.secretsSet.includes(key));
}

export function progress({ steps }: SetupStatus): { ended: number; all: number } {
  const ended = steps.filter(({ state }) => state === 'held' || state === 'done' || state === 'warning');
  return { ended: ended.length, all: steps.length };
}
