// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import { useResource } from '../app/resource';
import { functionsSeen } from '../stream/stream';
import { className, humanType } from '../text/event_names';
import { everything, isBackwards, isFiltered, outcomes, type EventQuery } from '../text/event_query';
import { fromLocalInput, fullTime, toLocalInput } from '../text/format';
import { t, type Key } from '../text/i18n';
import { visible } from '../text/visible';
import { SelectField, TextField } from '../ui/field';
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

const chipNames = ['type', 'subject', 'source', 'vmname', 'hostname', 'username', 'outcome', 'function', 'from', 'to'] as const;

function chipText(name: typeof chipNames[number], value: string): string {
  if (name === 'type') return humanType(value);
  if (name === 'outcome') return t(`events.outcome.${value}` as Key);
  return name === 'from' || name === 'to' ? fullTime(value) : value;
}

function chipsOf(query: EventQuery): [name: typeof chipNames[number], label: string, value: string][] {
  return chipNames.filter((name) => query[name] !== '').map((name) => [name, t(`events.${name}`), chipText(name, query[name])]);
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

const named = ['vmname', 'hostname', 'username'] as const;

/// What became of it, of all functions or of one.
function OutcomeFields({ query, show }: Props) {
  const functions = [...functionsSeen.value.keys()].sort();
  if (query.function !== '' && !functions.includes(query.function)) functions.push(query.function);
  const of = (value: string, label: string) => ({ value, label });
  return (
    <>
      <SelectField label={t('events.outcome')} value={query.outcome} change={(outcome) => show({ ...query, outcome })}
        options={[of('', t('events.outcome.any')), ...outcomes.map((value) => of(value, t(`events.outcome.${value}`)))]} />
      <SelectField label={t('events.function')} value={query.function} change={(name) => show({ ...query, function: name })}
        options={[of('', t('events.function.any')), ...functions.map((name) => of(name, name))]} />
    </>
  );
}

function More({ query, show }: Props) {
  const change = (part: Partial<EventQuery>) => show({ ...query, ...part });
  return (
    <div class="filter-more">
      {named.map((name) => <TextField key={name} label={t(`events.${name}`)} value={query[name]} change={(value) => change({ [name]: value })} maxLength={200} />)}
      <TextField label={t('events.subject')} hint={t('events.subject.hint')} value={query.subject} change={(subject) => change({ subject })} maxLength={200} />
      <TextField label={t('events.source')} value={query.source} change={(source) => change({ source })} maxLength={500} />
      <TextField label={t('events.from')} type="datetime-local" value={toLocalInput(query.from)}
        change={(value) => change({ from: fromLocalInput(value) })} />
      <TextField label={t('events.to')} hint={t('events.to.hint')} error={isBackwards(query) ? t('history.backwards') : undefined} type="datetime-local" value={toLocalInput(query.to)}
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
        <OutcomeFields query={query} show={show} />
        <button type="button" class="btn btn-outline filter-toggle" aria-expanded={more} onClick={() => setMore(!more)}>
          <Icon name="filter" /> {more ? t('events.less') : t('events.more')}
        </button>
      </div>
      {more && <More query={query} show={show} />}
      <Chips query={query} show={show} />
    </section>
  );
}
