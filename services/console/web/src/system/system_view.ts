// SPDX-License-Identifier: Apache-2.0
// What the System page makes of the appliance's answers and of what was typed. Pure.
import type { Problem } from '../api/types';
import { changes, fieldsOf, movedTo, type Draft, type Form, type FormField } from '../form/form';
import type { System, SystemOutcome, Trial } from './system_api';

export const tabs = ['network', 'access', 'certificates', 'syslog', 'images', 'power'] as const;
export type Tab = typeof tabs[number];

export const chain_key = 'custom_tls_ca_cert';
export const private_key = 'custom_tls_private_key';
export const authorities_key = 'trusted_authorities';

export function isTab(tab: string): tab is Tab {
  return (tabs as readonly string[]).includes(tab);
}

/// Whether what the tab changes is undone unless somebody keeps it.
export function isOnTrial(tab: Tab): boolean {
  return tab !== 'images' && tab !== 'power';
}

/// The group whose fields the tab shows has the tab's name.
export function tabOf(form: Form, key: string): Tab | undefined {
  const group = form.groups.find(({ fields }) => fields.some((field) => field.key === key));
  return group && isTab(group.id) ? group.id : undefined;
}

export function faultsByTab(form: Form, faults: Map<string, string>): Map<Tab, number> {
  const counts = new Map<Tab, number>();
  for (const key of faults.keys()) {
    const tab = tabOf(form, key);
    if (tab) counts.set(tab, (counts.get(tab) ?? 0) + 1);
  }
  return counts;
}

/// What cannot be on trial: passwords, and the name that goes with one.
export function isCredential({ key, type }: FormField): boolean {
  return type === 'password' || key === 'endpoint_username';
}

/// The form as it is for what is changed for good: each password is there and may be left as it is.
export function credentialsForm(now: System): Form {
  const groups = now.groups.map((group) => ({
    ...group, fields: group.fields.filter(isCredential).map((field) => ({ ...field, required: !field.secret })),
  }));
  const form = { ...now, groups };
  return { ...form, secretsSet: fieldsOf(form).filter(({ secret }) => secret).map(({ key }) => key) };
}

/// Whether the web page starts again by it, which ends all sessions.
export function endsSessions(sent: Draft): boolean {
  return 'endpoint_username' in sent || 'endpoint_password' in sent;
}

/// Passwords that were typed twice, and not the same.
export function unequal(draft: Draft, repeated: Draft): string[] {
  return Object.keys(repeated).concat(Object.keys(draft).filter((key) => !(key in repeated)))
    .filter((key) => key.endsWith('password') && (draft[key] ?? '') !== '' && draft[key] !== (repeated[key] ?? ''));
}

/// The changes of these fields alone.
export function changesOf(form: Form, draft: Draft, fields: readonly FormField[]): Draft {
  const keys = new Set(fields.map(({ key }) => key));
  return changes(form, Object.fromEntries(Object.entries(draft).filter(([key]) => keys.has(key))));
}

export function without(draft: Draft, keys: readonly string[]): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([key]) => !keys.includes(key)));
}

/// Away from where this page was loaded; `address` is unknown where a DHCP server or a router gives it.
export interface Move { address: string | undefined }

export function moveOf(now: System, sent: Draft, here: string): Move | undefined {
  const { ipaddress, ipv6_address: ipv6, hostname } = sent;
  if (ipaddress !== undefined) {
    const address = movedTo(sent, here);
    if (address !== undefined || ipaddress.trim() === '') return { address };
  }
  if (ipv6 !== undefined && here.startsWith('[')) {
    const [, address] = /^([0-9a-f:.]+)(?:\/\d+)?$/i.exec(ipv6.trim()) ?? [];
    return { address: address === undefined ? undefined : `https://[${address}]/` };
  }
  if (hostname !== undefined && here === now.values['hostname']?.toLowerCase()) {
    return { address: /^[a-z0-9.-]+$/i.test(hostname) ? `https://${hostname}/` : undefined };
  }
  return undefined;
}

/// Counted on here while nobody tells.
export function secondsLeft({ remainingSeconds }: Trial, told_ms: number, now_ms: number): number {
  return Math.max(0, remainingSeconds - Math.max(0, Math.floor((now_ms - told_ms) / 1000)));
}

const spoken_at_s = [10, 30, 60];

/// What a screen reader is told of the seconds left: not each of them.
export function spokenSeconds(left: number): number | undefined {
  return spoken_at_s.find((mark) => left <= mark && left > 0);
}

/// What has come of a change since the answer before; nothing where that was known already.
export function endedWith(before: System | undefined, next: System): SystemOutcome | undefined {
  if (!before || next.trial || next.last?.time === before.last?.time) return undefined;
  return next.last;
}

/// Nobody answers, for another reason than that one has to sign in again.
export function isSilence(problem: Problem | undefined): boolean {
  return problem !== undefined && (problem.status === 503 || problem.status === 504 || problem.code.startsWith('network.'));
}

const day_ms = 86_400_000;

export function daysUntil(iso: string, now: Date): number {
  return Math.floor((new Date(iso).getTime() - now.getTime()) / day_ms);
}
