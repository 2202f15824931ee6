// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { EventRow, Problem } from '../api/types';
import { announce } from '../app/announce';
import { isBackwards, parametersOf, type EventQuery } from '../text/event_query';
import { t } from '../text/i18n';
import { Empty, Loading, Note, ProblemAlert } from '../ui/states';
import { EventTable } from './event_table';

const page_rows = 50;
const turns_max = 40;

interface Found { rows: EventRow[]; next: string | null; complete: boolean }

function useHistory(query: EventQuery) {
  const [found, setFound] = useState<Found | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [busy, setBusy] = useState(true);
  const gone = useRef(false);
  const read = async (cursor: string | null) => {
    setBusy(true);
    const parameters = { ...parametersOf(query), limit: page_rows, ...(cursor === null ? {} : { cursor }) };
    const result = await outcome(api.GET('/events', { params: { query: parameters } }));
    if (gone.current) return;
    setBusy(false);
    setProblem(result.ok ? undefined : result.problem);
    if (!result.ok) return;
    const { items, next, complete } = result.data;
    setFound((old) => ({ rows: cursor === null ? items : [...(old?.rows ?? []), ...items], next, complete }));
    announce(t('history.read', { n: items.length }));
  };
  useEffect(() => {
    gone.current = false;
    void read(null);
    return () => { gone.current = true; };
    // The component is made anew for another query.
  }, []);
  return { found, problem, busy, read };
}

export function History({ query }: { query: EventQuery }) {
  const { found, problem, busy, read } = useHistory(query);
  const again = () => { void read(found?.next ?? null); };
  // A search that ran out of its time before it found anything goes on by itself, for a while.
  const [turns, setTurns] = useState(0);
  const goesOn = found !== undefined && !found.complete && found.next !== null && found.rows.length < page_rows && !busy && !problem && turns < turns_max;
  useEffect(() => {
    if (!goesOn) return;
    setTurns(turns + 1);
    again();
  }, [goesOn]);
  if (!found) return problem ? <ProblemAlert problem={problem} retry={again} /> : <Loading what={t('history.searching')} />;
  return (
    <>
      {found.rows.length === 0 && found.next === null && (
        <Empty icon="search" title={t('history.nothing')}><p>{isBackwards(query) ? t('history.backwards') : t('history.nothing.detail')}</p></Empty>
      )}
      {found.rows.length > 0 && <EventTable rows={found.rows} label={t('history.table')} />}
      {problem && <ProblemAlert problem={problem} retry={again} />}
      {!found.complete && found.next !== null && !busy && <Note tone="info">{t('history.incomplete')}</Note>}
      <div class="table-foot">
        <span class="muted">{found.next === null ? t('history.all', { n: found.rows.length }) : t('history.some', { n: found.rows.length })}</span>
        {found.next !== null && <button type="button" class="btn btn-outline" disabled={busy} onClick={again}>{busy ? t('loading') : t('history.more')}</button>}
      </div>
    </>
  );
}
