// SPDX-License-Identifier: Apache-2.0
// What a person types into a form of the appliance, beside what it has. Pure.
import type { components } from '../api/configurator_schema';
import type { Problem } from '../api/types';

type Schemas = components['schemas'];
export type FormField = Schemas['SetupField'];
export type FormGroup = Schemas['SetupGroup'];
export type FormFault = Schemas['SetupFault'];
/// `secretsSet`: keys of secrets that have a value, which nobody is told.
export interface Form { groups: FormGroup[]; values: Record<string, string>; secretsSet: string[] }

/// By key; a secret is empty unless it was typed.
export type Draft = Record<string, string>;

const on = ['true', 'yes', 'on', '1'];
const long_types = ['certificates', 'private_key', 'ssh_keys'];

export function isOn(value: string): boolean {
  return on.includes(value.trim().toLowerCase());
}

export function isLong(field: FormField): boolean {
  return long_types.includes(field.type);
}

export function fieldsOf(form: Form): FormField[] {
  return form.groups.flatMap(({ fields }) => fields);
}

/// What counts for the field now: what was typed, else what it has, else its default.
export function shownValue(field: FormField, form: Form, draft: Draft): string {
  const value = draft[field.key] ?? form.values[field.key] ?? '';
  const isChosen = field.choices !== undefined || field.type === 'boolean';
  return value === '' && isChosen ? field.default : value;
}

/// What has to be sent: values that differ from what the form has. A secret that was left empty stays as it is.
export function changes(form: Form, draft: Draft): Record<string, string> {
  const secrets = new Set(fieldsOf(form).filter(({ secret }) => secret).map(({ key }) => key));
  return Object.fromEntries(Object.entries(draft).filter(([key, value]) =>
    secrets.has(key) ? value !== '' : value !== (form.values[key] ?? '')));
}

/// By key: those of a refused form, else those that are known already.
export function faultsByKey(problem: Problem | undefined, known: readonly FormFault[]): Map<string, string> {
  const prefix = '/values/';
  if (problem?.errors) {
    return new Map(problem.errors.filter(({ pointer }) => pointer.startsWith(prefix)).map(({ pointer, detail }) => [pointer.slice(prefix.length), detail]));
  }
  return new Map(known.map(({ property, problem: text }) => [property, text]));
}

export function labelOf(form: Form, key: string): string {
  return fieldsOf(form).find((field) => field.key === key)?.label ?? key;
}

/// Where the appliance will be, if these values move it away from where this page was loaded.
export function movedTo(values: Record<string, string> | undefined, here: string): string | undefined {
  const address = values?.['ipaddress']?.trim() ?? '';
  return /^\d+(\.\d+){3}$/.test(address) && address !== here ? `https://${address}/` : undefined;
}
