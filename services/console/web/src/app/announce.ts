// SPDX-License-Identifier: Apache-2.0
// One polite live region for the whole page; streams speak at most once in five seconds.
import { signal } from '@preact/signals';

const quiet_ms = 5000;
export const announcement = signal('');
let last_ms = -Infinity;

export function announce(text: string): void {
  announcement.value = text;
}

/// For what changes all the time: dropped when something was said less than five seconds ago.
export function announceNow(text: string, now_ms: number): void {
  if (now_ms - last_ms < quiet_ms) return;
  last_ms = now_ms;
  announcement.value = text;
}
