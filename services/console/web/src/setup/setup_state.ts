// SPDX-License-Identifier: Apache-2.0
// Asks each second how the configuration stands; nobody can tell a page that has no session.
import { signal } from '@preact/signals';
import { outcome } from '../api/client';
import type { Problem } from '../api/types';
import { code, setup, type SetupForm, type SetupStatus } from './setup_api';

const period_ms = 1000;

export const status = signal<SetupStatus | undefined>(undefined);
/// Why the last question had no answer.
export const silence = signal<Problem | undefined>(undefined);
export const form = signal<SetupForm | undefined>(undefined);
/// The code that was right is not any more: the appliance was started again.
export const codeIsOld = signal(false);
/// The console of a configured appliance has taken over.
export const isOver = signal(false);

export function forgetCode(): void {
  code.value = '';
  form.value = undefined;
  codeIsOld.value = true;
}

/// What every answer tells beside itself.
export function heed(problem: Problem): void {
  if (problem.code === 'setupCode.wrong' || problem.code === 'setupCode.required') forgetCode();
}

async function ask(): Promise<void> {
  const asked = code.peek();
  const result = await outcome(setup.GET('/status'));
  if (result.ok) {
    status.value = result.data;
    silence.value = undefined;
  } else if (result.problem.status === 404 || result.problem.status === 421) {
    // Set-up knows this address whatever happens; the whole console does not.
    isOver.value = true;
  } else {
    silence.value = result.problem;
    if (asked === code.peek() && asked !== '') heed(result.problem);
  }
}

export async function loadForm(): Promise<Problem | undefined> {
  const result = await outcome(setup.GET('/form'));
  if (result.ok) form.value = result.data;
  else heed(result.problem);
  return result.ok ? undefined : result.problem;
}

/// Takes the code if it is right.
export async function enter(typed: string): Promise<Problem | undefined> {
  code.value = typed;
  const problem = await loadForm();
  if (problem) code.value = '';
  else codeIsOld.value = false;
  await ask();
  return problem;
}

export function startAsking(): void {
  const again = async () => {
    await ask();
    if (isOver.value) location.replace('/');
    else setTimeout(() => { void again(); }, period_ms);
  };
  void again();
}
