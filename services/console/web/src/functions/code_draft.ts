// SPDX-License-Identifier: Apache-2.0
// Unsaved code survives a reload of the tab; it belongs to the version it was begun on.
import type { SourceFile } from '../api/types';

const draft_bytes_max = 1_000_000;

function key(name: string): string {
  return `millrace.code.${name}`;
}

export function sameFiles(a: readonly SourceFile[], b: readonly SourceFile[]): boolean {
  return a.length === b.length
    && a.every((file) => b.some((other) => other.path === file.path && other.content === file.content));
}

/// False when the browser does not keep it (storage blocked or full).
export function keepDraft(name: string, etag: string, files: readonly SourceFile[]): boolean {
  const text = JSON.stringify({ etag, files });
  if (text.length > draft_bytes_max) return false;
  try {
    sessionStorage.setItem(key(name), text);
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(name: string): void {
  try {
    sessionStorage.removeItem(key(name));
  } catch {
    return; // storage is blocked, so nothing was kept
  }
}

/// The draft begun on version `etag`; undefined when there is none or the code has changed since.
export function keptDraft(name: string, etag: string): SourceFile[] | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key(name)) ?? 'null') as { etag: string; files: SourceFile[] } | null;
    return kept?.etag === etag ? kept.files : undefined;
  } catch {
    return undefined; // storage is blocked, or another version of the console wrote it
  }
}

export function pathFault(path: string, files: readonly SourceFile[]): 'empty' | 'characters' | 'taken' | undefined {
  if (path === '') return 'empty';
  if (!/^[A-Za-z0-9_][-._A-Za-z0-9]*$/.test(path) || path.length > 100) return 'characters';
  return files.some((file) => file.path === path) ? 'taken' : undefined;
}
