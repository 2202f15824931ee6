// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { EventRow, Problem } from '../api/types';
import { Deliveries } from '../events/event_table';
import { changed, noRows } from '../stream/live_rows';
import { followEvents } from '../stream/stream';
import { humanType } from '../text/event_names';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Card } from '../ui/page';
import { Loading, ProblemAlert } from '../ui/states';
import { Ago } from '../ui/time';

const shown = 12;
const everyEvent = { type: '', subject: '', source: '' };

function Item({ row }: { row: EventRow }) {
  return (
    <li>
      <a href={`/events/${row.seq}`}>{visible(row.summary === '' ? humanType(row.type) : row.summary)}</a>
      <p class="feed-foot"><span>{humanType(row.type)}</span> <Ago at={row.time ?? row.receivedAt} /></p>
      {row.deliveries.matched > 0 && <p class="feed-foot"><Deliveries deliveries={row.deliveries} /></p>}
    </li>
  );
}

/// What came of it: the newest events beside the inventory.
export function EventFeed({ onEvent }: { onEvent: () => void }) {
  const [rows, setRows] = useState<readonly EventRow[] | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const notify = useRef(onEvent);
  notify.current = onEvent;
  useEffect(() => {
    let gone = false;
    let stop = () => {};
    const add = (more: readonly EventRow[]) => setRows((old = []) => changed({ ...noRows, rows: old }, { kind: 'arrived', rows: more }).rows.slice(0, shown));
    const begin = async () => {
      const result = await outcome(api.GET('/events', { params: { query: { limit: shown } } }));
      if (gone) return;
      if (!result.ok) {
        setProblem(result.problem);
        return;
      }
      add(result.data.items);
      stop = followEvents(everyEvent, result.data.items[0]?.seq ?? '', {
        arrived: (row) => { add([row]); notify.current(); },
        dropped: () => notify.current(),
        resync: () => notify.current(),
      });
    };
    void begin();
    return () => { gone = true; stop(); };
  }, []);
  return (
    <Card title={t('feed.title')} icon="events" class="feed" aside={<a href="/events">{t('overview.allEvents')}</a>}>
      {problem && <ProblemAlert problem={problem} />}
      {!rows && !problem && <Loading />}
      {rows?.length === 0 && <p class="muted">{t('feed.none')}</p>}
      <ol class="plain divided">{rows?.map((row) => <Item key={row.seq} row={row} />)}</ol>
    </Card>
  );
}
