// SPDX-License-Identifier: Apache-2.0
import type { EventRow } from '../api/types';
import { Deliveries } from '../events/event_table';
import { useNewest } from '../events/use_newest';
import { humanType } from '../text/event_names';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Card } from '../ui/page';
import { Loading, ProblemAlert } from '../ui/states';
import { Ago } from '../ui/time';

const shown = 60;

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
export function EventFeed() {
  const { rows, problem } = useNewest(shown);
  return (
    <Card title={t('feed.title')} icon="events" class="feed" aside={<a href="/events">{t('overview.allEvents')}</a>}>
      {problem && <ProblemAlert problem={problem} />}
      {!rows && !problem && <Loading />}
      {rows?.length === 0 && <p class="muted">{t('feed.none')}</p>}
      {rows && rows.length > 0 && (
        <ol class="plain divided feed-rows" tabIndex={0} aria-label={t('feed.title')}>{rows.map((row) => <Item key={row.seq} row={row} />)}</ol>
      )}
    </Card>
  );
}
