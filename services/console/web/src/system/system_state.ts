// SPDX-License-Identifier: Apache-2.0
// What the page knows of the appliance's system. It is asked once after signing in, since somebody may have to keep what
// they have changed from another address, and each second while a change is under way.
import { computed, effect, signal } from '@preact/signals';
import { background, outcome, signedOut, type Outcome } from '../api/client';
import type { Problem } from '../api/types';
import { session, signedIn } from '../app/session';
import { system as api, type System, type SystemOutcome } from './system_api';
import { endedWith, type Move } from './system_view';

const period_ms = 1000;
/// Where the address has changed nobody answers: the next question must not wait for this one.
const poll_timeout_ms = 5000;

export const system = signal<System | undefined>(undefined);
/// Why the last question had no answer.
export const systemProblem = signal<Problem | undefined>(undefined);
/// On the page's clock: when the trial was last told of.
export const toldAt_ms = signal(0);
/// What came of the change that ended while somebody looked, until they close it.
export const ended = signal<SystemOutcome | undefined>(undefined);
/// Where the change that is under way takes the appliance.
export const move = signal<Move | undefined>(undefined);

export const hasAppliance = computed(() => signedIn.value && session.value?.appliance === true);
export const isUnderWay = computed(() => system.value?.trial !== undefined);

export function take(next: System): void {
  ended.value = endedWith(system.peek(), next) ?? (next.trial ? undefined : ended.peek());
  if (!next.trial) move.value = undefined;
  toldAt_ms.value = Date.now();
  systemProblem.value = undefined;
  system.value = next;
}

function heed(result: Outcome<System>): void {
  if (result.ok) take(result.data);
  else systemProblem.value = result.problem;
}

export async function loadSystem(): Promise<void> {
  heed(await outcome(api.GET('/system')));
}

/// Of the page's own accord: no sign that somebody is there.
async function poll(): Promise<void> {
  const signal = AbortSignal.timeout(poll_timeout_ms);
  heed(await outcome(api.GET('/system', { headers: background.header, signal })));
}

/// Undefined when the change has begun; `to` is where it takes the appliance.
export async function putSystem(values: Record<string, string>, to: Move | undefined): Promise<Problem | undefined> {
  const result = await outcome(api.PUT('/system', { body: { values } }));
  if (!result.ok) return result.problem;
  move.value = to;
  take(result.data);
  return undefined;
}

export async function renewCertificate(): Promise<Problem | undefined> {
  const result = await outcome(api.POST('/system/renew-certificate'));
  if (!result.ok) return result.problem;
  take(result.data);
  return undefined;
}

export async function answerTrial(answer: 'confirm' | 'undo'): Promise<Problem | undefined> {
  const result = await outcome(api.POST(`/system/${answer}`));
  await poll();
  return result.ok ? undefined : result.problem;
}

function pollWhileUnderWay(): () => void {
  let asking = false;
  const timer = setInterval(() => {
    if (document.hidden || asking) return;
    asking = true;
    void poll().finally(() => { asking = false; });
  }, period_ms);
  return () => clearInterval(timer);
}

/// Call once.
export function startSystem(): void {
  const watched = computed(() => hasAppliance.value && signedOut.value === 'no');
  effect(() => { if (watched.value) void poll(); });
  effect(() => watched.value && isUnderWay.value ? pollWhileUnderWay() : undefined);
  effect(() => {
    if (hasAppliance.value) return;
    for (const known of [system, systemProblem, ended, move]) known.value = undefined;
  });
}
