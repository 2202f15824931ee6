// SPDX-License-Identifier: Apache-2.0
// Ties the reducer of the live rows to the stream and the history.
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { Deliveries, EventRow, Problem } from '../api/types';
import { announceNow } from '../app/announce';
import { changed, isBehind, latest, noRows, reaches, rows_max, type Change, type LiveRows, type Standings } from '../stream/live_rows';
import { followEvents } from '../stream/stream';
import { parametersOf, type EventQuery } from '../text/event_query';
import { t } from '../text/i18n';

const first_rows = 50;
const page_rows = 200;
const draw_ms = 250;

async function readPage(query: EventQuery, limit: number, cursor: string | null) {
  const parameters = { ...parametersOf({ ...query, from: '', to: '' }), limit, ...(cursor === null ? {} : { cursor }) };
  return outcome(api.GET('/events', { params: { query: parameters } }));
}

/// The history from the newest row back to `known`, at most what the ring holds.
async function readGap(query: EventQuery, known: string): Promise<EventRow[] | Problem> {
  const rows: EventRow[] = [];
  let cursor: string | null = null;
  do {
    const result = await readPage(query, page_rows, cursor);
    if (!result.ok) return result.problem;
    rows.push(...result.data.items);
    cursor = result.data.next;
    if (result.data.items.length > 0 && reaches(result.data.items, known)) break;
  } while (cursor !== null && rows.length < rows_max);
  return rows;
}

const standings_max = 2 * rows_max;

interface Collected { row: (row: EventRow) => void; standing: (seq: string, deliveries: Deliveries) => void }

/// Collects what comes and hands it on four times a second: at 200 events/s drawing each would not do.
/// How deliveries stand is remembered for rows that come later, from the stream or from the history.
function useCollected(change: (change: Change) => void): Collected & { known: Standings } {
  const rows = useRef<EventRow[]>([]);
  const standings = useRef(new Map<string, Deliveries>());
  const told = useRef(false);
  useEffect(() => {
    const timer = setInterval(() => {
      const arrived = rows.current;
      rows.current = [];
      if (arrived.length > 0) {
        change({ kind: 'arrived', rows: arrived.map((row) => latest(row, standings.current.get(row.seq))) });
        announceNow(t('live.announced', { n: arrived.length }), performance.now());
      }
      if (told.current) change({ kind: 'delivered', standings: new Map(standings.current) });
      told.current = false;
    }, draw_ms);
    return () => clearInterval(timer);
  }, [change]);
  return useMemo(() => ({
    known: standings.current,
    row: (row) => {
      rows.current.push(row);
      if (rows.current.length > rows_max) rows.current.shift();
    },
    standing: (seq, deliveries) => {
      standings.current.delete(seq);
      standings.current.set(seq, deliveries);
      if (standings.current.size > standings_max) standings.current.delete(standings.current.keys().next().value ?? '');
      told.current = true;
    },
  }), []);
}

interface LiveView { state: LiveRows; problem: Problem | undefined; loading: boolean; pause: (on: boolean) => void; again: () => void }

/// Contract: made anew (by its component's key) for another query.
export function useLive(query: EventQuery): LiveView {
  const [state, change] = useReducer(changed, noRows);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const collect = useCollected(change);

  useEffect(() => {
    let gone = false;
    let stop = () => {};
    const begin = async () => {
      setLoading(true);
      const result = await readPage(query, first_rows, null);
      if (gone) return;
      setLoading(false);
      setProblem(result.ok ? undefined : result.problem);
      if (!result.ok) return;
      change({ kind: 'loaded', rows: result.data.items });
      const { type, subject, source } = query;
      stop = followEvents({ type, subject, source }, result.data.items[0]?.seq ?? '', {
        arrived: collect.row,
        delivered: collect.standing,
        dropped: (n) => change({ kind: 'dropped', n }),
        resync: () => change({ kind: 'resync' }),
      });
    };
    void begin();
    return () => { gone = true; stop(); };
  }, [turn, query, collect]);

  const gaps = isBehind(state) && !state.paused ? state.gaps : 0;
  const { from } = state;
  useEffect(() => {
    if (gaps === 0) return;
    void readGap(query, from).then((rows) => {
      if (!Array.isArray(rows)) {
        setProblem(rows);
        return;
      }
      setProblem(undefined);
      change({ kind: 'backfilled', rows: rows.map((row) => latest(row, collect.known.get(row.seq))), gaps });
    });
  }, [gaps, from, query, collect]);

  const pause = useCallback((on: boolean) => change({ kind: on ? 'paused' : 'resumed' }), []);
  const again = useCallback(() => setTurn((old) => old + 1), []);
  return { state, problem, loading, pause, again };
}
