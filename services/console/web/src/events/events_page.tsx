// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { go, search } from '../app/router';
import { isFiltered, parseQuery, printQuery, type EventQuery } from '../text/event_query';
import { t } from '../text/i18n';
import { Icon } from '../ui/icon';
import { PageHead } from '../ui/page';
import { EventFilters } from './event_filters';
import { History } from './history';
import { Live } from './live';

function show(query: EventQuery): void {
  go(`/events${printQuery(query)}`, { replace: true });
}

function Mode({ query }: { query: EventQuery }) {
  const pick = (live: boolean) => show(live ? { ...query, live, to: '', outcome: '', function: '' } : { ...query, live });
  return (
    <div class="segmented" role="group" aria-label={t('events.mode')}>
      <button type="button" aria-pressed={query.live} onClick={() => pick(true)}><Icon name="storm" /> {t('events.live')}</button>
      <button type="button" aria-pressed={!query.live} onClick={() => pick(false)}><Icon name="history" /> {t('events.history')}</button>
    </div>
  );
}

export function EventsPage() {
  const address = search.value;
  const query = useMemo(() => parseQuery(address), [address]);
  // Live and history read anew when what they ask for changes, not when they are shown again.
  const key = printQuery({ ...query, live: true });
  return (
    <>
      <PageHead title={t('nav.events')} lead={t('events.lead')} actions={<Mode query={query} />} />
      <EventFilters query={query} show={show} />
      {query.live
        ? <Live key={`live${key}`} query={query} filtered={isFiltered(query)} />
        : <History key={`history${key}`} query={query} />}
    </>
  );
}
