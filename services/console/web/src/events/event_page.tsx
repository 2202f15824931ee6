// SPDX-License-Identifier: Apache-2.0
import { api, background, outcome } from '../api/client';
import type { EventDetail } from '../api/types';
import { useResource } from '../app/resource';
import { may } from '../app/session';
import { humanType } from '../text/event_names';
import { fullTime } from '../text/format';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Breakable } from '../ui/breakable';
import { CopyButton } from '../ui/copy_button';
import { Icon } from '../ui/icon';
import { JsonView } from '../ui/json_view';
import { Card, PageHead } from '../ui/page';
import { Loading, Note, ProblemAlert } from '../ui/states';
import { Verdicts } from './verdicts';

const poll_ms = 3000;
const fresh_ms = 30_000;

function Value({ name, value }: { name: string; value: string }) {
  const filter = name === 'type' || name === 'subject' || name === 'source' ? `/events?${name}=${encodeURIComponent(value)}` : undefined;
  return (
    <div>
      <dt>{name}</dt>
      <dd class="mono"><Breakable text={value} />
        {filter && <a class="inline-action" href={filter} title={t('event.same', { name })} aria-label={t('event.same', { name })}><Icon name="filter" size={13} /></a>}
      </dd>
    </div>
  );
}

function Attributes({ detail }: { detail: EventDetail }) {
  const { row } = detail;
  const standard: [string, string][] = [
    ['id', row.id], ['type', row.type], ['source', row.source], ['subject', row.subject],
    ['time', row.time ?? ''], ['received', row.receivedAt],
  ];
  const shown = standard.filter(([, value]) => value !== '');
  return (
    <Card title={t('event.attributes')} icon="list">
      <dl class="definition">
        {shown.map(([name, value]) => <Value key={name} name={name} value={value} />)}
        {Object.entries(row.extensions).map(([name, value]) => <Value key={name} name={name} value={value} />)}
      </dl>
    </Card>
  );
}

function Data({ detail }: { detail: EventDetail }) {
  const data = detail.event['data'] ?? detail.event['data_base64'];
  const text = JSON.stringify(detail.event, null, 2);
  return (
    <Card title={t('event.data')} icon="functions" aside={<CopyButton text={text} label={t('event.copy')} />}>
      {detail.dataTruncated && <Note tone="warning">{t('event.truncated')}</Note>}
      {data === undefined ? <p class="muted">{t('event.noData')}</p> : <JsonView value={data} label={t('event.data')} />}
    </Card>
  );
}

function Body({ detail }: { detail: EventDetail }) {
  const { row } = detail;
  const create = `/functions/new?type=${encodeURIComponent(row.type)}`;
  const title = visible(row.summary === '' ? humanType(row.type) : row.summary);
  return (
    <>
      <PageHead title={title} crumbs={[{ label: t('nav.events'), href: '/events' }]}
        lead={`${humanType(row.type)} · ${fullTime(row.time ?? row.receivedAt)}`}
        actions={may('functions.write') && <a class="btn btn-outline" href={create}><Icon name="plus" /> {t('event.create')}</a>} />
      <div class="columns">
        <div class="column-wide">
          <Verdicts verdicts={detail.verdicts} />
          <Data detail={detail} />
        </div>
        <div class="column"><Attributes detail={detail} /></div>
      </div>
    </>
  );
}

/// Read again while a delivery of it is still going on, or may be about to begin.
function pollFor(detail: EventDetail | undefined): number {
  if (!detail) return 0;
  const fresh = Date.now() - Date.parse(detail.row.receivedAt) < fresh_ms;
  return fresh || detail.verdicts.some((verdict) => verdict.state === 'pending') ? poll_ms : 0;
}

export function EventPage({ seq }: { seq: string }) {
  const load = () => outcome(api.GET('/events/{seq}', { params: { path: { seq }, ...background } }));
  const { data, problem, reload } = useResource(`event ${seq}`, load, pollFor);
  if (data) return <Body detail={data} />;
  return (
    <>
      <PageHead title={t('event.title', { seq })} crumbs={[{ label: t('nav.events'), href: '/events' }]} />
      {problem ? <ProblemAlert problem={problem} retry={() => { void reload(); }} /> : <Loading />}
    </>
  );
}
