// SPDX-License-Identifier: Apache-2.0
// What the create page collects, and what can be said about it before the server is asked.
import type { Field, Problem, Recipe, TriggerFilter } from '../api/types';
import { t } from '../text/i18n';

export interface Draft {
  name: string;
  triggers: TriggerFilter[];
  env: Record<string, string>;
  secrets: Record<string, string>;
}

const name_max = 50;

function values(fields: readonly Field[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field.name, field.default]));
}

/// `stem`, or with the first number behind it that is not `taken`.
export function freeName(stem: string, taken: readonly string[]): string {
  let name = stem;
  for (let n = 2; taken.includes(name); n += 1) name = `${stem}-${n}`;
  return name;
}

/// The recipe's proposal under a name that is free; `type` (from an event's page) takes the place of the recipe's types.
export function draftOf(recipe: Recipe, type: string, taken: readonly string[]): Draft {
  const proposed = recipe.triggers.length > 0 ? recipe.triggers : [{ types: [...recipe.eventTypes], attributes: [] }];
  const triggers = type === '' ? proposed : [{ types: [type], attributes: [] }];
  return { name: freeName(recipe.id, taken), triggers: structuredClone(triggers), env: values(recipe.env), secrets: values(recipe.secrets) };
}

const order: readonly Field['kind'][] = ['url', 'text', 'number', 'boolean', 'password', 'multiline'];

/// What is needed first; then as one thinks of it: where, who, how, and the password behind the user.
export function inOrder(fields: readonly Field[]): Field[] {
  return [...fields].sort((a, b) => Number(b.required) - Number(a.required) || order.indexOf(a.kind) - order.indexOf(b.kind));
}

export function nameFault(name: string): string | undefined {
  if (name === '') return t('fault.name.empty');
  if (name === 'new') return t('fault.name.reserved');
  if (name.length > name_max) return t('fault.name.long', { max: name_max });
  if (!/^[a-z]/.test(name)) return t('fault.name.start');
  if (!/^[-a-z0-9]+$/.test(name)) return t('fault.name.characters');
  return name.endsWith('-') ? t('fault.name.end') : undefined;
}

function isWebAddress(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}

export function fieldFault(field: Field, value: string): string | undefined {
  if (value === '') return field.required ? t('fault.required') : undefined;
  if (field.kind === 'number' && Number.isNaN(Number(value))) return t('fault.number');
  if (field.kind === 'url' && !isWebAddress(value)) return t('fault.url');
  return undefined;
}

/// Faults by RFC 6901 pointer into the request, as the server names them.
export function faultsOf(draft: Draft, recipe: Recipe): Map<string, string> {
  const faults = new Map<string, string>();
  const add = (pointer: string, fault: string | undefined) => { if (fault !== undefined) faults.set(pointer, fault); };
  add('/name', nameFault(draft.name));
  for (const field of recipe.env) add(`/env/${field.name}`, fieldFault(field, draft.env[field.name] ?? ''));
  for (const field of recipe.secrets) add(`/secrets/${field.name}`, fieldFault(field, draft.secrets[field.name] ?? ''));
  draft.triggers.forEach((trigger, n) => trigger.attributes.forEach((clause, i) => {
    if (!/^[a-z0-9]{1,20}$/.test(clause.attribute)) add(`/triggers/${n}/attributes/${i}/attribute`, t('fault.attribute'));
    if (clause.value === '') add(`/triggers/${n}/attributes/${i}/value`, t('fault.required'));
  }));
  return faults;
}

export function faultsIn(problem: Problem | undefined): Map<string, string> {
  return new Map((problem?.errors ?? []).map(({ pointer, detail }) => [pointer, detail]));
}

/// Fields left empty are not sent: the function then sees no variable instead of an empty one.
export function filled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
