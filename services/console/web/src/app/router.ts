// SPDX-License-Identifier: Apache-2.0
// Path addresses over the History API. A page with unsaved work sets `leaveGuard`.
import { computed, signal } from '@preact/signals';

const here = signal({ path: location.pathname, search: location.search });
export const path = computed(() => here.value.path);
export const search = computed(() => here.value.search);
/// The address somebody wanted to go to while `leaveGuard` held; the guard's dialog answers.
export const heldBack = signal<string | undefined>(undefined);

let guarded = false;
let position = 0;

function read(): void {
  here.value = { path: location.pathname, search: location.search };
}

function warnBeforeUnload(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/// While `on`, leaving the page asks first.
export function leaveGuard(on: boolean): void {
  if (on === guarded) return;
  guarded = on;
  if (on) addEventListener('beforeunload', warnBeforeUnload);
  else removeEventListener('beforeunload', warnBeforeUnload);
}

/// Goes to a path of this console ("/events?q=x"), unless unsaved work holds it back.
export function go(address: string, options: { replace?: boolean; force?: boolean } = {}): void {
  const target = new URL(address, location.href);
  if (guarded && options.force !== true && target.pathname !== location.pathname) {
    heldBack.value = target.pathname + target.search;
    return;
  }
  if (options.force === true) leaveGuard(false);
  if (options.replace === true) {
    history.replaceState({ position }, '', target);
  } else {
    position += 1;
    history.pushState({ position }, '', target);
  }
  read();
}

function onPopState(event: PopStateEvent): void {
  const state = event.state as { position?: number } | null;
  const target = location.pathname + location.search;
  if (guarded && location.pathname !== here.value.path) {
    const back = (state?.position ?? 0) < position;
    history.go(back ? 1 : -1);
    heldBack.value = target;
    return;
  }
  position = state?.position ?? 0;
  read();
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const anchor = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!anchor || anchor.target !== '' || anchor.hasAttribute('download')) return;
  if (anchor.origin !== location.origin || anchor.pathname.startsWith('/api/')) return;
  if (anchor.hash !== '' && anchor.pathname === location.pathname) return;
  event.preventDefault();
  go(anchor.pathname + anchor.search);
}

/// Call once.
export function startRouter(): void {
  history.replaceState({ position }, '', location.href);
  addEventListener('popstate', onPopState);
  document.addEventListener('click', onClick);
}
