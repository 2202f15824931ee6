// SPDX-License-Identifier: Apache-2.0
// Keys that work on every page unless something is being typed: "?" for help, "/" for the search, "g" and
// a letter for a page.
import { go } from './router';

export const pages: readonly [key: string, href: string, label: 'nav.overview' | 'nav.functions' | 'nav.events' | 'nav.datacentre'][] = [
  ['o', '/', 'nav.overview'], ['f', '/functions', 'nav.functions'], ['e', '/events', 'nav.events'], ['d', '/datacentre', 'nav.datacentre'],
];
const sequence_ms = 1500;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.shadowRoot !== null);
}

function search(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]');
  field?.focus();
  return field !== null;
}

/// Call once.
export function startShortcuts(): void {
  let begun_ms = -Infinity;
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]')) return;
    const page = pages.find(([key]) => key === event.key);
    const isSecond = performance.now() - begun_ms < sequence_ms;
    begun_ms = event.key === 'g' ? performance.now() : -Infinity;
    if (isSecond && page) go(page[1]);
    else if (event.key === '?') go('/help');
    else if (event.key !== '/' || !search()) return;
    event.preventDefault();
  });
}
