// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import { useResource } from '../app/resource';
import { className, humanType } from '../text/event_names';
import { everything, isFiltered, type EventQuery } from '../text/event_query';
import { fromLocalInput, fullTime, toLocalInput } from '../text/format';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { TypePicker } from '../ui/type_picker';

interface Props { query: EventQuery; show: (query: EventQuery) => void }

const typing_ms = 400;

/// Text that changes the address once the typing rests.
function SearchText({ query, show }: Props) {
  const [text, setText] = useState(query.q);
  useEffect(() => setText(query.q), [query.q]);
  useEffect(() => {
    if (text.trim() === query.q) return undefined;
    const timer = setTimeout(() => show({ ...query, q: text.trim() }), typing_ms);
    return () => clearTimeout(timer);
  }, [text, query, show]);
  return <TextField type="search" label={t('events.text')} placeholder={t('events.text.example')} value={text} change={setText} maxLength={200} />;
}

type Chip = readonly [name: 'type' | 'subject' | 'source' | 'from' | 'to', label: string, value: string];

function chipsOf(query: EventQuery): Chip[] {
  const all: Chip[] = [
    ['type', t('events.type'), query.type === '' ? '' : humanType(query.type)],
    ['subject', t('events.subject'), query.subject],
    ['source', t('events.source'), query.source],
    ['from', t('events.from'), query.from === '' ? '' : fullTime(query.from)],
    ['to', t('events.to'), query.to === '' ? '' : fullTime(query.to)],
  ];
  return all.filter(([, , value]) => value !== '');
}

function Chips({ query, show }: Props) {
  if (!isFiltered(query)) return null;
  return (
    <div class="chips" role="group" aria-label={t('events.filters')}>
      {chipsOf(query).map(([name, label, value]) => (
        <span class="chip" key={name}><span class="chip-label">{label}</span> {visible(value)}
          <button type="button" aria-label={t('events.dropFilter', { name: label })} onClick={() => show({ ...query, [name]: '' })}><Icon name="close" size={12} /></button>
        </span>
      ))}
      <button type="button" class="btn btn-sm btn-link" onClick={() => show({ ...everything, live: query.live })}>{t('events.clear')}</button>
    </div>
  );
}

function More({ query, show }: Props) {
  const change = (part: Partial<EventQuery>) => show({ ...query, ...part });
  return (
    <div class="filter-more">
      <TextField label={t('events.subject')} hint={t('events.subject.hint')} value={query.subject} change={(subject) => change({ subject })} maxLength={200} />
      <TextField label={t('events.source')} value={query.source} change={(source) => change({ source })} maxLength={500} />
      <TextField label={t('events.from')} type="datetime-local" value={toLocalInput(query.from)}
        change={(value) => change({ from: fromLocalInput(value) })} />
      <TextField label={t('events.to')} hint={t('events.to.hint')} type="datetime-local" value={toLocalInput(query.to)}
        change={(value) => change({ to: fromLocalInput(value), live: value === '' && query.live })} />
    </div>
  );
}

export function EventFilters({ query, show }: Props) {
  const types = useResource('types', () => outcome(api.GET('/event-types')));
  const { subject, source, from, to } = query;
  const [more, setMore] = useState([subject, source, from, to].some((value) => value !== ''));
  return (
    <section class="filters" aria-label={t('events.filters')}>
      <div class="filter-row">
        <SearchText query={query} show={show} />
        <TypePicker label={t('events.type')} seen={types.data?.items ?? []} chosen={[query.type]}
          placeholder={query.type === '' ? t('events.type.any') : className(query.type)} choose={(type) => show({ ...query, type })} />
        <button type="button" class="btn btn-outline filter-toggle" aria-expanded={more} onClick={() => setMore(!more)}>
          <Icon name="filter" /> {more ? t('events.less') : t('events.more')}
        </button>
      </div>
      {more && <More query={query} show={show} />}
      <Chips query={query} show={show} />
    </section>
  );
}
