// SPDX-License-Identifier: Apache-2.0
import { api, background, outcome } from '../api/client';
import type { Revision } from '../api/types';
import { useResource } from '../app/resource';
import { useToldOfFunction } from '../app/use_told';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Empty, Loading, ProblemAlert } from '../ui/states';
import { FunctionStatus } from '../ui/status';
import { Table, type Column } from '../ui/table';
import { Ago } from '../ui/time';

const columns: readonly Column<Revision>[] = [
  { key: 'name', head: t('revisions.name'), cell: (row) => <span class="mono">{row.name}</span> },
  { key: 'traffic', head: t('revisions.traffic'), cell: (row) => row.traffic === 100 ? <span class="tag tag-strong">{t('revisions.current')}</span> : `${row.traffic} %` },
  { key: 'state', head: t('functions.state'), cell: (row) => <><FunctionStatus state={row.state} />{row.cause !== '' && <span class="cause">{visible(row.cause)}</span>}</> },
  { key: 'created', head: t('revisions.created'), cell: (row) => <Ago at={row.createdAt} /> },
];

export function RevisionsTab({ name }: { name: string }) {
  const load = () => outcome(api.GET('/functions/{name}/revisions', { params: { path: { name }, ...background } }));
  const { data, problem, reload } = useResource(`revisions ${name}`, load);
  useToldOfFunction(name, reload);
  if (!data) return problem ? <ProblemAlert problem={problem} retry={() => { void reload(); }} /> : <Loading />;
  if (data.items.length === 0) return <Empty icon="layers" title={t('revisions.none')} />;
  return <Table label={t('tab.revisions')} columns={columns} rows={data.items} keyOf={(row) => row.name} />;
}
