// SPDX-License-Identifier: Apache-2.0
import { api, background, outcome } from '../api/client';
import type { FunctionSummary } from '../api/types';
import { useResource } from '../app/resource';
import { may } from '../app/session';
import { functionsGone, functionsSeen } from '../stream/stream';
import { humanType } from '../text/event_names';
import { grouped } from '../text/format';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { PageHead } from '../ui/page';
import { Empty, Loading, ProblemAlert } from '../ui/states';
import { FunctionStatus } from '../ui/status';
import { Table, type Column } from '../ui/table';
import { Ago } from '../ui/time';

export function typesInWords(types: readonly string[]): string {
  if (types.length === 0) return t('types.every');
  const [first = '', ...rest] = types;
  return rest.length === 0 ? humanType(first) : t('types.andMore', { type: humanType(first), n: rest.length });
}

/// Failures of the past are no alarm once all is well.
export function isFailing({ state }: FunctionSummary): boolean {
  return state === 'Failing' || state === 'Error';
}

const columns: readonly Column<FunctionSummary>[] = [
  { key: 'name', head: t('functions.name'), class: 'col-name', cell: (row) => <a href={`/functions/${row.name}`}><strong>{row.name}</strong></a> },
  {
    key: 'state', head: t('functions.state'), class: 'col-state',
    cell: (row) => <><FunctionStatus state={row.state} />{row.cause !== '' && <span class="cause">{visible(row.cause)}</span>}</>,
  },
  { key: 'when', head: t('functions.when'), class: 'col-when', cell: (row) => <span title={row.eventTypes.join('\n')}>{typesInWords(row.eventTypes)}</span> },
  { key: 'runtime', head: t('functions.runtime'), class: 'col-runtime', cell: (row) => t(`runtime.${row.runtime}`) },
  { key: 'calls', head: t('functions.calls'), class: 'col-number', cell: (row) => grouped(row.calls) },
  { key: 'pending', head: t('functions.pending'), class: 'col-number', cell: (row) => row.pending === 0 ? <span class="muted">0</span> : <a href={`/events?outcome=pending&function=${row.name}`}>{grouped(row.pending)}</a> },
  {
    key: 'failures', head: t('functions.failures'), class: 'col-number',
    cell: (row) => row.failures === 0 ? <span class="muted">0</span> : <span class={isFailing(row) ? 'text-danger' : ''}>{grouped(row.failures)}</span>,
  },
  { key: 'last', head: t('functions.last'), class: 'col-last', cell: (row) => <Ago at={row.lastCallAt} /> },
];

/// The list as it was read, each row replaced by what the stream said since, with those that are new and
/// without those that are gone.
export function current(
  listed: readonly FunctionSummary[], seen: ReadonlyMap<string, FunctionSummary>, gone: ReadonlySet<string>,
): FunctionSummary[] {
  const all = new Map(listed.map((item) => [item.name, item]));
  for (const [name, item] of seen) all.set(name, item);
  return [...all.values()].filter(({ name }) => !gone.has(name)).sort((a, b) => a.name < b.name ? -1 : 1);
}

function CreateLink() {
  if (!may('functions.write')) return null;
  return <a class="btn btn-primary" href="/functions/new"><Icon name="plus" /> {t('functions.create')}</a>;
}

export function FunctionsPage() {
  const { data, problem, reload } = useResource('functions', () => outcome(api.GET('/functions', { params: background })));
  const rows = data && current(data.items, functionsSeen.value, functionsGone.value);
  return (
    <>
      <PageHead title={t('nav.functions')} lead={t('functions.lead')} actions={rows && rows.length > 0 && <CreateLink />} />
      {problem && <ProblemAlert problem={problem} retry={() => { void reload(); }} />}
      {!rows && !problem && <Loading />}
      {rows?.length === 0 && (
        <Empty icon="functions" title={t('functions.none')}><p>{t('functions.none.detail')}</p><CreateLink /></Empty>
      )}
      {rows && rows.length > 0 && (
        <Table label={t('nav.functions')} columns={columns} rows={rows} keyOf={(row) => row.name} />
      )}
    </>
  );
}
