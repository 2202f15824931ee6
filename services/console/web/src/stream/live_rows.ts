// SPDX-License-Identifier: Apache-2.0
// The rows of the live stream: a pure reducer. Pausing keeps counting, and what came meanwhile is
// read from the history afterwards, so a pause never loses a row.
import type { Deliveries, EventRow } from '../api/types';

export const rows_max = 1000;

export interface LiveRows {
  /// Newest first, each `seq` once, at most `rows_max`.
  rows: readonly EventRow[];
  paused: boolean;
  /// Rows that came while paused.
  waiting: number;
  /// Rows the server left out of the stream; they are in the history.
  dropped: number;
  /// How often rows were found missing between those shown and the newest, and up to which of these
  /// times the history was read. While they differ: read the history from the newest row back to `from`.
  gaps: number;
  filled: number;
  /// The newest row before the oldest gap; "" = none is known.
  from: string;
}

export const noRows: LiveRows = { rows: [], paused: false, waiting: 0, dropped: 0, gaps: 0, filled: 0, from: '' };

/// How deliveries stand, by the event's `seq`.
export type Standings = ReadonlyMap<string, Deliveries>;

export type Change =
  | { kind: 'loaded'; rows: readonly EventRow[] }
  | { kind: 'arrived'; rows: readonly EventRow[] }
  /// Told of rows that are shown or not; those of rows that come later belong into `latest`.
  | { kind: 'delivered'; standings: Standings }
  | { kind: 'dropped'; n: number }
  | { kind: 'resync' }
  | { kind: 'paused' }
  | { kind: 'resumed' }
  /// `gaps` is what it was when the reading began: what went missing since is still to be read.
  | { kind: 'backfilled'; rows: readonly EventRow[]; gaps: number };

/// Compares decimal strings of up to 19 digits as the numbers they are.
export function compareSeq(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function settled({ delivered, failed }: Deliveries): number {
  return delivered + failed;
}

/// The row with the deliveries that have come further: an answer of the history may be older than
/// what the stream told, and the other way round. Nothing that is settled waits again.
export function latest(row: EventRow, deliveries: Deliveries | undefined): EventRow {
  return deliveries && settled(deliveries) >= settled(row.deliveries) ? { ...row, deliveries } : row;
}

function merged(known: readonly EventRow[], more: readonly EventRow[]): EventRow[] {
  const bySeq = new Map<string, EventRow>();
  for (const row of known) bySeq.set(row.seq, row);
  for (const row of more) bySeq.set(row.seq, latest(row, bySeq.get(row.seq)?.deliveries));
  return [...bySeq.values()].sort((a, b) => compareSeq(b.seq, a.seq)).slice(0, rows_max);
}

function arrived(state: LiveRows, rows: readonly EventRow[]): LiveRows {
  if (!state.paused) return { ...state, rows: merged(state.rows, rows) };
  const newest = state.rows[0]?.seq ?? '';
  const fresh = rows.filter((row) => compareSeq(row.seq, newest) > 0).length;
  return { ...state, waiting: state.waiting + fresh };
}

function withGap(state: LiveRows): Pick<LiveRows, 'gaps' | 'from'> {
  return { gaps: state.gaps + 1, from: isBehind(state) ? state.from : state.rows[0]?.seq ?? '' };
}

/// Back to the oldest row that waits: how it stands may have changed unheard.
function withGapToWaiting(state: LiveRows): Pick<LiveRows, 'gaps' | 'from'> {
  const gap = withGap(state);
  const waiting = state.rows.findLast((row) => row.deliveries.pending > 0)?.seq;
  return { gaps: gap.gaps, from: waiting === undefined || (gap.from !== '' && compareSeq(waiting, gap.from) > 0) ? gap.from : waiting };
}

function delivered(state: LiveRows, standings: Standings): LiveRows {
  if (!state.rows.some((row) => standings.has(row.seq))) return state;
  return { ...state, rows: state.rows.map((row) => latest(row, standings.get(row.seq))) };
}

/// Contract: `state.gaps` of the past is at most that of now.
function backfilled(state: LiveRows, rows: readonly EventRow[], gaps: number): LiveRows {
  const dropped = gaps === state.gaps ? 0 : state.dropped;
  return { ...state, rows: merged(state.rows, rows), filled: gaps, dropped };
}

export function isBehind(state: LiveRows): boolean {
  return state.gaps !== state.filled;
}

export function changed(state: LiveRows, change: Change): LiveRows {
  switch (change.kind) {
    case 'loaded':
      return { ...noRows, paused: state.paused, rows: merged([], change.rows) };
    case 'arrived':
      return arrived(state, change.rows);
    case 'dropped':
      return state.paused
        ? { ...state, waiting: state.waiting + change.n }
        : { ...state, dropped: state.dropped + change.n, ...withGap(state) };
    case 'delivered':
      return delivered(state, change.standings);
    case 'resync':
      return { ...state, ...withGapToWaiting(state) };
    case 'paused':
      return { ...state, paused: true, waiting: 0 };
    case 'resumed':
      return { ...state, paused: false, waiting: 0, ...(state.waiting > 0 ? withGap(state) : {}) };
    case 'backfilled':
      return backfilled(state, change.rows, change.gaps);
  }
}

/// True when a page of the history, newest first, reaches the rows already shown.
export function reaches(page: readonly EventRow[], known: string): boolean {
  const oldest = page.at(-1);
  return oldest === undefined || compareSeq(oldest.seq, known) <= 0;
}
