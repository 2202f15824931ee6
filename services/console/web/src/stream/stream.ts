// SPDX-License-Identifier: Apache-2.0
// The one EventSource of a tab, all topics over it. The browser reconnects by itself and sends
// Last-Event-ID; when the server refuses (the session is over, too many streams) this tries again.
import { signal } from '@preact/signals';
import { signedOut } from '../api/client';
import type { Datacentre, Deliveries, EventRow, FunctionDetail, Overview, Source } from '../api/types';
import { loadSession, signedIn } from '../app/session';

export interface EventFilter { type: string; subject: string; source: string }
export interface EventListener {
  arrived: (row: EventRow) => void;
  delivered: (seq: string, deliveries: Deliveries) => void;
  dropped: (n: number) => void;
  resync: () => void;
}

export const connection = signal<'off' | 'connecting' | 'open' | 'lost'>('off');
/// The newest state of each function and source, as the stream told it.
export const functionsSeen = signal<ReadonlyMap<string, FunctionDetail>>(new Map());
export const functionsGone = signal<ReadonlySet<string>>(new Set());
/** Sources of different kinds may have one name. */
export const sourceKey = ({ kind, name }: Source): string => `${kind} ${name}`;
export const sourcesSeen = signal<ReadonlyMap<string, Source>>(new Map());
/// What pages that are open asked for; undefined until it was told.
export const overviewSeen = signal<Overview | undefined>(undefined);
export const datacentreSeen = signal<Datacentre | undefined>(undefined);

const retry_ms = 3000;
let source: EventSource | undefined;
let wanted: { filter: EventFilter; listener: EventListener; since: string } | undefined;
let watched: { seq: string; changed: () => void } | undefined;
const pages = { overview: 0, datacentre: 0 };
let retry: ReturnType<typeof setTimeout> | undefined;

function address(): string {
  const topics = ['functions', 'sources'];
  if (wanted) topics.push('events');
  if (watched) topics.push('deliveries');
  if (pages.overview > 0) topics.push('overview');
  if (pages.datacentre > 0) topics.push('datacentre');
  const parameters = new URLSearchParams({ topics: topics.join(',') });
  if (watched) parameters.set('seq', watched.seq);
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

function functionTold(value: FunctionDetail): void {
  functionsSeen.value = withEntry(functionsSeen.value, value.name, value);
  if (!functionsGone.value.has(value.name)) return;
  functionsGone.value = new Set([...functionsGone.value].filter((name) => name !== value.name));
}

function functionDeleted(name: string): void {
  functionsSeen.value = withEntry(functionsSeen.value, name, undefined);
  functionsGone.value = new Set([...functionsGone.value, name]);
}

const handlers: Record<string, (data: string) => void> = {
  event: (data) => {
    const row = JSON.parse(data) as EventRow;
    if (!wanted) return;
    wanted.since = row.seq;
    wanted.listener.arrived(row);
  },
  delivery: (data) => {
    const { seq, deliveries } = JSON.parse(data) as { seq: string; deliveries: Deliveries };
    wanted?.listener.delivered(seq, deliveries);
    if (watched?.seq === seq) watched.changed();
  },
  dropped: (data) => wanted?.listener.dropped((JSON.parse(data) as { n: number }).n),
  resync: () => {
    wanted?.listener.resync();
    watched?.changed();
  },
  function: (data) => functionTold(JSON.parse(data) as FunctionDetail),
  functionDeleted: (data) => functionDeleted((JSON.parse(data) as { name: string }).name),
  source: (data) => {
    const value = JSON.parse(data) as Source;
    sourcesSeen.value = withEntry(sourcesSeen.value, sourceKey(value), value);
  },
  overview: (data) => { overviewSeen.value = JSON.parse(data) as Overview; },
  datacentre: (data) => { datacentreSeen.value = JSON.parse(data) as Datacentre; },
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

function onOpen(): void {
  connection.value = 'open';
  // What changed between reading the page and listening was not heard.
  watched?.changed();
}

function open(): void {
  source?.close();
  clearTimeout(retry);
  connection.value = 'connecting';
  const opened = new EventSource(address());
  source = opened;
  opened.onopen = onOpen;
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

let planned = false;
/// Asks anew once the page that is left and the one that is entered have both said what they want.
function reopen(): void {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    if (connection.value !== 'off') open();
  });
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
  reopen();
  return () => {
    if (wanted !== mine) return;
    wanted = undefined;
    reopen();
  };
}

/// Calls `changed` when a delivery of the event `seq` may have; the returned call ends that.
export function followDeliveries(seq: string, changed: () => void): () => void {
  const mine = { seq, changed };
  watched = mine;
  reopen();
  return () => {
    if (watched !== mine) return;
    watched = undefined;
    reopen();
  };
}

const forgotten = { overview: () => { overviewSeen.value = undefined; }, datacentre: () => { datacentreSeen.value = undefined; } };

/// Adds a page's topic while the page is open.
export function followPage(topic: keyof typeof pages): () => void {
  pages[topic] += 1;
  if (pages[topic] === 1) reopen();
  return () => {
    pages[topic] -= 1;
    if (pages[topic] > 0) return;
    forgotten[topic]();
    reopen();
  };
}
