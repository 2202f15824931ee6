// SPDX-License-Identifier: Apache-2.0
// What the page knows of the appliance's image archives, and the upload that this page makes: it goes on while somebody
// looks at other pages.
import { computed, effect, signal } from '@preact/signals';
import { background, outcome, type Outcome } from '../api/client';
import type { Problem } from '../api/types';
import { piece_bytes, resumesAt, type Chosen } from './images_view';
import { system as api, type Images } from './system_api';
import { hasAppliance } from './system_state';

const period_ms = 1000;
/// Of one piece: the console may start again meanwhile.
const attempts_max = 6;
const pause_ms = 2000;

export const images = signal<Images | undefined>(undefined);
/// Why the last question had no answer.
export const imagesProblem = signal<Problem | undefined>(undefined);
/// What this page is uploading.
export const sending = signal<Chosen | undefined>(undefined);
export const isAtWork = computed(() => images.value?.work !== undefined);

function take(result: Outcome<Images>): void {
  if (result.ok) images.value = result.data;
  imagesProblem.value = result.ok ? undefined : result.problem;
}

export async function loadImages(): Promise<void> {
  take(await outcome(api.GET('/system/images')));
}

async function poll(): Promise<void> {
  take(await outcome(api.GET('/system/images', { headers: background.header })));
}

async function pause(): Promise<void> {
  await new Promise((done) => { setTimeout(done, pause_ms); });
}

async function sendPiece(file: File, offset: number): Promise<Outcome<unknown>> {
  const piece = file.slice(offset, offset + piece_bytes);
  return outcome(api.PUT('/system/images/upload', {
    params: { query: { offset } },
    headers: { 'Content-Type': 'application/octet-stream' },
    // The document's type of binary data is text.
    body: piece as unknown as string,
    bodySerializer: (body) => body,
  }));
}

function show(receivedBytes: number): void {
  const now = images.peek();
  if (now?.work) images.value = { ...now, work: { ...now.work, receivedBytes } };
}

/// Sends what is missing of it, unless it is given up meanwhile. After a break the appliance is asked which byte is next.
async function sendAll(file: File, chosen: Chosen, from: number): Promise<Problem | undefined> {
  let offset = from;
  let failures = 0;
  while (offset < file.size && sending.peek() === chosen) {
    const sent = await sendPiece(file, offset);
    if (sent.ok) {
      offset = Math.min(offset + piece_bytes, file.size);
      failures = 0;
      show(offset);
      continue;
    }
    failures += 1;
    if (failures === attempts_max) return sent.problem;
    await pause();
    await poll();
    const next = resumesAt(images.peek(), chosen);
    if (next === undefined && !imagesProblem.peek()) return sent.problem;
    offset = next ?? offset;
  }
  return undefined;
}

/// Undefined when the archive has come or was given up; what is made of it shows in `images`.
export async function sendArchive(file: File, name: string): Promise<Problem | undefined> {
  const chosen = { name, size: file.size };
  await poll();
  let from = resumesAt(images.peek(), chosen);
  if (from === undefined) {
    const begun = await outcome(api.POST('/system/images', { body: { name, bytes: file.size } }));
    if (!begun.ok) return begun.problem;
    take(begun);
    from = 0;
  }
  sending.value = chosen;
  const problem = await sendAll(file, chosen, from);
  if (sending.peek() !== chosen) return undefined;
  sending.value = undefined;
  if (problem) return problem;
  const finished = await outcome(api.POST('/system/images/upload/finish'));
  await poll();
  return finished.ok ? undefined : finished.problem;
}

export async function cancelArchive(): Promise<Problem | undefined> {
  sending.value = undefined;
  const result = await outcome(api.DELETE('/system/images/upload'));
  await poll();
  return result.ok ? undefined : result.problem;
}

export async function removeArchive(name: string): Promise<Problem | undefined> {
  const result = await outcome(api.DELETE('/system/images/archive', { params: { query: { name } } }));
  await poll();
  return result.ok ? undefined : result.problem;
}

/// While something is done with an archive, and nobody else asks. Gives back what ends it.
export function followImages(): () => void {
  let asking = false;
  return effect(() => {
    if (!hasAppliance.value || !isAtWork.value) return undefined;
    const timer = setInterval(() => {
      if (document.hidden || asking || sending.peek()) return;
      asking = true;
      void poll().finally(() => { asking = false; });
    }, period_ms);
    return () => clearInterval(timer);
  });
}
