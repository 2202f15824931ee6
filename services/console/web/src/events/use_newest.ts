// SPDX-License-Identifier: Apache-2.0
// The newest few events with how their deliveries stand, kept up by the stream.
import { useEffect, useReducer, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { EventRow, Problem } from '../api/types';
import { changed, noRows, type Change, type LiveRows } from '../stream/live_rows';
import { followEvents } from '../stream/stream';

const everyEvent = { type: '', subject: '', source: '' };

async function read(limit: number) {
  return outcome(api.GET('/events', { params: { query: { limit } } }));
}

export function useNewest(limit: number): { rows: readonly EventRow[] | undefined; problem: Problem | undefined } {
  const [state, change] = useReducer<LiveRows, Change>(changed, noRows);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [loaded, setLoaded] = useState(false);
  useEffect(() => {
    let gone = false;
    let stop = () => {};
    const again = async () => {
      const result = await read(limit);
      if (gone) return undefined;
      setProblem(result.ok ? undefined : result.problem);
      if (result.ok) change({ kind: 'arrived', rows: result.data.items });
      return result.ok ? result.data.items : undefined;
    };
    const begin = async () => {
      const first = await again();
      if (!first) return;
      setLoaded(true);
      stop = followEvents(everyEvent, first[0]?.seq ?? '', {
        arrived: (row) => change({ kind: 'arrived', rows: [row] }),
        delivered: (seq, deliveries) => change({ kind: 'delivered', standings: new Map([[seq, deliveries]]) }),
        dropped: () => { void again(); },
        resync: () => { void again(); },
      });
    };
    void begin();
    return () => { gone = true; stop(); };
  }, [limit]);
  return { rows: loaded ? state.rows.slice(0, limit) : undefined, problem };
}
