// SPDX-License-Identifier: Apache-2.0
// Ties the reducer of the live rows to the stream and the history.
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { EventRow, Problem } from '../api/types';
import { announceNow } from '../app/announce';
import { changed, isBehind, noRows, reaches, rows_max, type Change, type LiveRows } from '../stream/live_rows';
import { followEvents } from '../stream/stream';
import type { EventQuery } from '../text/event_query';
import { t } from '../text/i18n';
import { parametersOf } from './history';

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

/// Collects what comes and hands it on four times a second: at 200 events/s drawing each would not do.
function useCollected(change: (change: Change) => void) {
  const waiting = useRef<EventRow[]>([]);
  useEffect(() => {
    const timer = setInterval(() => {
      const rows = waiting.current;
      if (rows.length === 0) return;
      waiting.current = [];
      change({ kind: 'arrived', rows });
      announceNow(t('live.announced', { n: rows.length }), performance.now());
    }, draw_ms);
    return () => clearInterval(timer);
  }, [change]);
  return useCallback((row: EventRow) => {
    waiting.current.push(row);
    if (waiting.current.length > rows_max) waiting.current.shift();
  }, []);
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
        arrived: collect,
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
      if (Array.isArray(rows)) change({ kind: 'backfilled', rows, gaps });
      else setProblem(rows);
    });
  }, [gaps, from, query]);

  const pause = useCallback((on: boolean) => change({ kind: on ? 'paused' : 'resumed' }), []);
  const again = useCallback(() => setTurn((old) => old + 1), []);
  return { state, problem, loading, pause, again };
}
