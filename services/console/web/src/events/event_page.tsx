// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'preact/hooks';
import { api, background, outcome, type Outcome, type TextAnswer } from '../api/client';
import type { EventDetail } from '../api/types';
import { useResource } from '../app/resource';
import { may } from '../app/session';
import { followDeliveries } from '../stream/stream';
import { humanType } from '../text/event_names';
import { fullTime } from '../text/format';
import { t } from '../text/i18n';
import { indented, memberText } from '../text/json_text';
import { visible } from '../text/visible';
import { Breakable } from '../ui/breakable';
import { CopyButton } from '../ui/copy_button';
import { Icon } from '../ui/icon';
import { JsonText } from '../ui/json_view';
import { Card, PageHead } from '../ui/page';
import { Loading, Note, ProblemAlert } from '../ui/states';
import { Verdicts } from './verdicts';

/// Attributes that the Events page filters by.
const filters = new Set(['type', 'subject', 'source', 'vmname', 'hostname', 'username']);

function Value({ name, value }: { name: string; value: string }) {
  const filter = filters.has(name) ? `/events?${name}=${encodeURIComponent(value)}` : undefined;
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

/// The event as it was sent, from the text of the answer: parsing would round its large numbers.
function Data({ detail, text }: { detail: EventDetail; text: string }) {
  const event = memberText(text, 'event') ?? '{}';
  const data = memberText(event, 'data') ?? memberText(event, 'data_base64');
  return (
    <Card title={t('event.data')} icon="functions" aside={<CopyButton text={indented(event)} label={t('event.copy')} />}>
      {detail.dataTruncated && <Note tone="warning">{t('event.truncated')}</Note>}
      {data === undefined ? <p class="muted">{t('event.noData')}</p> : <JsonText text={indented(data)} label={t('event.json')} />}
    </Card>
  );
}

function Body({ detail, text }: { detail: EventDetail; text: string }) {
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
          <Data detail={detail} text={text} />
        </div>
        <div class="column"><Attributes detail={detail} /></div>
      </div>
    </>
  );
}

interface Answer { detail: EventDetail; text: string }

async function read(seq: string): Promise<Outcome<Answer>> {
  const result = await outcome(api.GET('/events/{seq}', { params: { path: { seq }, ...background }, parseAs: 'text' }) as Promise<TextAnswer>);
  return result.ok ? { ...result, data: { detail: JSON.parse(result.data) as EventDetail, text: result.data } } : result;
}

export function EventPage({ seq }: { seq: string }) {
  const { data, problem, reload } = useResource(`event ${seq}`, () => read(seq));
  useEffect(() => followDeliveries(seq, () => { void reload(); }), [seq, reload]);
  if (data) return <Body detail={data.detail} text={data.text} />;
  return (
    <>
      <PageHead title={t('event.title', { seq })} crumbs={[{ label: t('nav.events'), href: '/events' }]} />
      {problem
        ? <ProblemAlert problem={problem} retry={() => { void reload(); }}><a class="btn btn-sm" href="/events">{t('overview.allEvents')}</a></ProblemAlert>
        : <Loading />}
    </>
  );
}
