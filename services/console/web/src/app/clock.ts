// SPDX-License-Identifier: Apache-2.0
import { signal } from '@preact/signals';

/// The time that "12 seconds ago" is counted to; moves each second while the page is visible.
export const now = signal(new Date());

export function startClock(): void {
  setInterval(() => { if (!document.hidden) now.value = new Date(); }, 1000);
}
