// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { Problem } from '../api/types';
import { confirmDone } from '../app/notices';
import { useResource } from '../app/resource';
import { may } from '../app/session';
import { t } from '../text/i18n';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Card } from '../ui/page';
import { Loading, ProblemAlert } from '../ui/states';
import { Secrets } from './secrets_card';

interface Setting { name: string; value: string }

interface RowsProps { rows: Setting[]; change: (rows: Setting[]) => void; readOnly: boolean; problem: Problem | undefined }

function Rows({ rows, change, readOnly, problem }: RowsProps) {
  const fault = (i: number, part: string) => problem?.errors?.find(({ pointer }) => pointer === `/items/${i}/${part}`)?.detail;
  const set = (i: number, part: Partial<Setting>) => change(rows.map((row, at) => at === i ? { ...row, ...part } : row));
  if (rows.length === 0) return <p class="muted">{t('env.none')}</p>;
  return (
    <ul class="plain pairs">
      {rows.map((row, i) => (
        <li key={i} class="pair">
          <TextField label={t('env.name')} mono value={row.name} change={(name) => set(i, { name })} error={fault(i, 'name')} />
          <TextField label={t('env.value')} mono value={row.value} change={(value) => set(i, { value })} error={fault(i, 'value')} />
          {!readOnly && (
            <button type="button" class="icon-button" aria-label={t('env.remove', { name: row.name })} title={t('env.remove', { name: row.name })}
              onClick={() => change(rows.filter((_, at) => at !== i))}><Icon name="trash" /></button>
          )}
        </li>
      ))}
    </ul>
  );
}

interface FormProps { name: string; items: Setting[]; etag: string; readOnly: boolean; saved: (items: Setting[], etag: string) => void; reload: () => void }

function EnvForm({ name, items, etag, readOnly, saved, reload }: FormProps) {
  const [rows, setRows] = useState(items);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const dirty = JSON.stringify(rows) !== JSON.stringify(items);
  const save = async () => {
    setBusy(true);
    const parameters = { path: { name }, header: { 'If-Match': etag } };
    const result = await outcome(api.PUT('/functions/{name}/env', { params: parameters, body: { items: rows } }));
    setBusy(false);
    setProblem(result.ok ? undefined : result.problem);
    if (!result.ok) return;
    confirmDone(t('env.saved'));
    saved(result.data.items, result.etag);
  };
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      {problem && <ProblemAlert problem={problem} retry={problem.status === 412 ? reload : undefined} />}
      <Rows rows={rows} change={setRows} readOnly={readOnly} problem={problem} />
      {!readOnly && (
        <div class="form-actions">
          <button type="button" class="btn btn-sm btn-outline" onClick={() => setRows([...rows, { name: '', value: '' }])}><Icon name="plus" /> {t('env.add')}</button>
          <button type="submit" class="btn btn-sm btn-primary" disabled={!dirty || busy}>{busy ? t('code.saving') : t('env.save')}</button>
        </div>
      )}
    </form>
  );
}

function Env({ name, readOnly }: { name: string; readOnly: boolean }) {
  const load = () => outcome(api.GET('/functions/{name}/env', { params: { path: { name } } }));
  const { data, etag, problem, reload, replace } = useResource(`env ${name}`, load);
  const again = () => { void reload(); };
  return (
    <Card title={t('env.title')} icon="settings">
      <p class="muted">{t('env.lead')}</p>
      {problem && <ProblemAlert problem={problem} retry={again} />}
      {!data && !problem && <Loading />}
      {data && (
        <EnvForm key={etag} name={name} items={data.items} etag={etag} readOnly={readOnly} reload={again}
          saved={(items, newer) => replace({ items }, newer)} />
      )}
    </Card>
  );
}

export function ConfigurationTab({ name, readOnly }: { name: string; readOnly: boolean }) {
  return (
    <div class="cards">
      <Env name={name} readOnly={readOnly} />
      <Secrets name={name} readOnly={!may('secrets.write')} />
    </div>
  );
}
