// SPDX-License-Identifier: Apache-2.0
import { effect, signal } from '@preact/signals';

const key = 'millrace.theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

function stored(): 'light' | 'dark' | undefined {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    return undefined; // storage is blocked: follow the system
  }
}

export const theme = signal<'light' | 'dark'>(stored() ?? (prefersDark.matches ? 'dark' : 'light'));

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(key, theme.value);
  } catch {
    return; // storage is blocked: the choice holds until the page is reloaded
  }
}

/// Call once: applies the theme and follows the system while nothing was chosen.
export function startTheme(): void {
  effect(() => document.body.setAttribute('cds-theme', theme.value));
  prefersDark.addEventListener('change', () => {
    if (stored() === undefined) theme.value = prefersDark.matches ? 'dark' : 'light';
  });
}
