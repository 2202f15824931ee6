// SPDX-License-Identifier: Apache-2.0
// The one EventSource of a tab, all topics over it. The browser reconnects by itself and sends
// Last-Event-ID; when the server refuses (the session is over, too many streams) this tries again.
import { signal } from '@preact/signals';
import { signedOut } from '../api/client';
import type { EventRow, FunctionSummary, Source } from '../api/types';
import { loadSession, signedIn } from '../app/session';

export interface EventFilter { type: string; subject: string; source: string }
export interface EventListener {
  arrived: (row: EventRow) => void;
  dropped: (n: number) => void;
  resync: () => void;
}

export const connection = signal<'off' | 'connecting' | 'open' | 'lost'>('off');
/// The newest state of each function and source, as the stream told it.
export const functionsSeen = signal<ReadonlyMap<string, FunctionSummary>>(new Map());
export const sourcesSeen = signal<ReadonlyMap<string, Source>>(new Map());

const retry_ms = 3000;
let source: EventSource | undefined;
let wanted: { filter: EventFilter; listener: EventListener; since: string } | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;

function address(): string {
  const parameters = new URLSearchParams({ topics: wanted ? 'events,functions,sources' : 'functions,sources' });
  if (wanted) {
    for (const [name, value] of Object.entries(wanted.filter)) {
      if (value !== '') parameters.set(name, value as string);
    }
    if (wanted.since !== '') parameters.set('since', wanted.since);
  }
  return `/api/v1/stream?${parameters.toString()}`;
}

function withEntry<T>(map: ReadonlyMap<string, T>, name: string, value: T | undefined): ReadonlyMap<string, T> {
  const copy = new Map(map);
  if (value === undefined) copy.delete(name);
  else copy.set(name, value);
  return copy;
}

const handlers: Record<string, (data: string) => void> = {
  event: (data) => {
    const row = JSON.parse(data) as EventRow;
    if (!wanted) return;
    wanted.since = row.seq;
    wanted.listener.arrived(row);
  },
  dropped: (data) => wanted?.listener.dropped((JSON.parse(data) as { n: number }).n),
  resync: () => wanted?.listener.resync(),
  function: (data) => {
    const value = JSON.parse(data) as FunctionSummary;
    functionsSeen.value = withEntry(functionsSeen.value, value.name, value);
  },
  functionDeleted: (data) => {
    functionsSeen.value = withEntry(functionsSeen.value, (JSON.parse(data) as { name: string }).name, undefined);
  },
  source: (data) => {
    const value = JSON.parse(data) as Source;
    sourcesSeen.value = withEntry(sourcesSeen.value, value.name, value);
  },
  end: (data) => {
    close();
    signedOut.value = (JSON.parse(data) as { code: string }).code === 'session.expired' ? 'expired' : 'required';
  },
};

function onError(failed: EventSource): void {
  connection.value = 'lost';
  if (failed.readyState !== EventSource.CLOSED) return;
  clearTimeout(retry);
  retry = setTimeout(() => { void again(); }, retry_ms);
}

async function again(): Promise<void> {
  await loadSession();
  if (signedIn.value) open();
  else if (connection.value === 'lost') signedOut.value = 'expired';
}

function open(): void {
  source?.close();
  clearTimeout(retry);
  connection.value = 'connecting';
  const opened = new EventSource(address());
  source = opened;
  opened.onopen = () => { connection.value = 'open'; };
  opened.onerror = () => { if (source === opened) onError(opened); };
  for (const [name, handle] of Object.entries(handlers)) {
    opened.addEventListener(name, (event) => handle((event as MessageEvent<string>).data));
  }
}

function close(): void {
  clearTimeout(retry);
  source?.close();
  source = undefined;
  connection.value = 'off';
}

/// Opens the stream after sign-in, closes it at sign-out.
export function runStream(on: boolean): void {
  if (on && source === undefined) open();
  if (!on) close();
}

/// Adds the events topic, from after `since` ("" = from now); the returned call takes it away again.
export function followEvents(filter: EventFilter, since: string, listener: EventListener): () => void {
  const mine = { filter, listener, since };
  wanted = mine;
  if (connection.value !== 'off') open();
  return () => {
    if (wanted !== mine) return;
    wanted = undefined;
    if (connection.value !== 'off') open();
  };
}
