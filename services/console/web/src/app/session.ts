// SPDX-License-Identifier: Apache-2.0
import { computed, signal } from '@preact/signals';
import { api, outcome, signedOut } from '../api/client';
import type { Permission, Problem, Session } from '../api/types';

export const session = signal<Session | undefined>(undefined);
export const sessionProblem = signal<Problem | undefined>(undefined);
export const signedIn = computed(() => session.value?.authenticated === true);
export const simulated = computed(() => session.value?.simulated === true);

export function may(permission: Permission): boolean {
  return session.value?.permissions?.includes(permission) ?? false;
}

export async function loadSession(): Promise<void> {
  const result = await outcome(api.GET('/session'));
  if (result.ok) {
    session.value = result.data;
    sessionProblem.value = undefined;
  } else {
    sessionProblem.value = result.problem;
  }
}

export type Credentials = { code: string } | { user: string; password: string };

/// Undefined when signed in.
export async function signIn(body: Credentials): Promise<Problem | undefined> {
  const result = await outcome(api.POST('/session', { body }));
  if (!result.ok) return result.problem;
  session.value = result.data;
  signedOut.value = 'no';
  return undefined;
}

export async function signOut(): Promise<Problem | undefined> {
  const result = await outcome(api.DELETE('/session'));
  if (!result.ok && result.problem.status !== 401) return result.problem;
  signedOut.value = 'no';
  await loadSession();
  return undefined;
}
