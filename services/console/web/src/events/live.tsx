// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import type { EventQuery } from '../text/event_query';
import { wordsMatch } from '../text/event_query';
import { t } from '../text/i18n';
import { Icon } from '../ui/icon';
import { Empty, Loading, Note, ProblemAlert } from '../ui/states';
import { EventTable, objectOf } from './event_table';
import { useLive } from './use_live';
import type { EventRow } from '../api/types';
import type { LiveRows } from '../stream/live_rows';

const shown_step = 100;

function searchable(row: EventRow): string {
  return [row.summary, row.type, row.id, objectOf(row), row.subject, ...Object.values(row.extensions)].join(' ');
}

const named = ['vmname', 'hostname', 'username'] as const;

/// What the stream does not filter by.
function isWanted(row: EventRow, query: EventQuery): boolean {
  return named.every((name) => query[name] === '' || row.extensions[name] === query[name])
    && (query.q === '' || wordsMatch(query.q, searchable(row)));
}

function LiveBar({ state, shown, pause }: { state: LiveRows; shown: number; pause: (on: boolean) => void }) {
  return (
    <div class="live-bar">
      <span class={`pulse ${state.paused ? 'pulse-off' : ''}`} aria-hidden="true" />
      <span class="live-state" role="status">
        {state.paused ? t('live.paused', { n: state.waiting }) : t('live.on', { n: shown })}
      </span>
      <button type="button" class="btn btn-sm btn-outline" aria-pressed={state.paused} onClick={() => pause(!state.paused)}>
        <Icon name={state.paused ? 'play' : 'pause'} /> {state.paused ? t('live.resume') : t('live.pause')}
      </button>
    </div>
  );
}

/// The stream, newest on top. `q` is searched in what a row shows; the history searches all of it.
export function Live({ query, filtered }: { query: EventQuery; filtered: boolean }) {
  const { state, problem, loading, pause, again } = useLive(query);
  const [limit, setLimit] = useState(shown_step);
  useEffect(() => setLimit(shown_step), [query]);
  const rows = state.rows.filter((row) => isWanted(row, query));
  return (
    <>
      <LiveBar state={state} shown={rows.length} pause={pause} />
      {problem && <ProblemAlert problem={problem} retry={again} />}
      {state.dropped > 0 && <Note tone="info">{t('live.dropped', { n: state.dropped })}</Note>}
      {rows.length > 0 && <EventTable rows={rows.slice(0, limit)} label={t('live.table')} />}
      {rows.length === 0 && loading && <Loading />}
      {rows.length === 0 && !loading && !problem && (
        <Empty icon="events" title={filtered ? t('live.nothing.filtered') : t('live.nothing')}><p>{t('live.nothing.detail')}</p></Empty>
      )}
      {rows.length > limit && (
        <div class="table-foot">
          <span class="muted">{t('live.shown', { shown: limit, n: rows.length })}</span>
          <button type="button" class="btn btn-outline" onClick={() => setLimit(limit + shown_step)}>{t('live.more')}</button>
        </div>
      )}
    </>
  );
}
