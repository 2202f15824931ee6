// SPDX-License-Identifier: Apache-2.0
// What a person types into the form, beside what it has. Pure.
import type { Problem } from '../api/types';
import type { SetupField, SetupForm, SetupGroup, SetupStatus } from './setup_api';

/// By key; a secret is empty unless it was typed.
export type SetupDraft = Record<string, string>;

const on = ['true', 'yes', 'on', '1'];
const long_types = ['certificates', 'private_key', 'ssh_keys'];

export function isOn(value: string): boolean {
  return on.includes(value.trim().toLowerCase());
}

export function isLong(field: SetupField): boolean {
  return long_types.includes(field.type);
}

/// What counts for the field now: what was typed, else what it has, else its default.
export function shownValue(field: SetupField, form: SetupForm, draft: SetupDraft): string {
  const value = draft[field.key] ?? form.values[field.key] ?? '';
  const isChosen = field.choices !== undefined || field.type === 'boolean';
  return value === '' && isChosen ? field.default : value;
}

/// What has to be sent: values that differ from what the form has. A secret that was left empty stays as it is.
export function changes(form: SetupForm, draft: SetupDraft): Record<string, string> {
  const secrets = new Set(form.groups.flatMap(({ fields }) => fields).filter(({ secret }) => secret).map(({ key }) => key));
  return Object.fromEntries(Object.entries(draft).filter(([key, value]) =>
    secrets.has(key) ? value !== '' : value !== (form.values[key] ?? '')));
}

/// By key: those of a refused form, else those that the form has already.
export function faultsByKey(form: SetupForm | undefined, problem: Problem | undefined): Map<string, string> {
  const prefix = '/values/';
  if (problem?.errors) {
    return new Map(problem.errors.filter(({ pointer }) => pointer.startsWith(prefix)).map(({ pointer, detail }) => [pointer.slice(prefix.length), detail]));
  }
  return new Map((form?.faults ?? []).map(({ property, problem: text }) => [property, text]));
}

export function labelOf(form: SetupForm, key: string): string {
  return form.groups.flatMap(({ fields }) => fields).find((field) => field.key === key)?.label ?? key;
}

/// Whether a person has to see the group at once: something in it is needed, given, or wrong.
export function isOpen(group: SetupGroup, form: SetupForm, faults: Map<string, string>): boolean {
  return group.id === 'network' || group.fields.some(({ key, required }) =>
    required || faults.has(key) || form.values[key] !== undefined || form.secretsSet.includes(key));
}

export function progress({ steps }: SetupStatus): { ended: number; all: number } {
  const ended = steps.filter(({ state }) => state === 'held' || state === 'done' || state === 'warning');
  return { ended: ended.length, all: steps.length };
}

/// Where the appliance will be, if the form moves it away from where this page was loaded.
export function movedTo(form: SetupForm | undefined, here: string): string | undefined {
  const address = form?.values['ipaddress']?.trim() ?? '';
  return /^\d+(\.\d+){3}$/.test(address) && address !== here ? `https://${address}/` : undefined;
}
