// SPDX-License-Identifier: Apache-2.0
// Short confirmations that go by themselves; problems stay until they are closed.
import { signal } from '@preact/signals';
import type { Problem } from '../api/types';
import { announce } from './announce';

export interface Notice { id: number; text: string; problem: Problem | undefined }

const shown_ms = 6000;
const notices_max = 4;
let next = 1;
export const notices = signal<readonly Notice[]>([]);

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

function add(notice: Omit<Notice, 'id'>): number {
  const id = next;
  next += 1;
  notices.value = [...notices.value, { ...notice, id }].slice(-notices_max);
  announce(notice.text);
  return id;
}

export function confirmDone(text: string): void {
  const id = add({ text, problem: undefined });
  setTimeout(() => dismiss(id), shown_ms);
}

export function report(problem: Problem): void {
  if (problem.code === 'network.aborted') return;
  add({ text: problem.title, problem });
}
