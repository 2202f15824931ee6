// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { Problem, Trigger, TriggerFilter } from '../api/types';
import { useResource } from '../app/resource';
import { t } from '../text/i18n';
import { Confirm, Dialog } from '../ui/dialog';
import { ProblemAlert } from '../ui/states';
import { faultsIn } from './draft';
import { FilterEditor } from './filter_editor';

interface Props { name: string; trigger: Trigger | undefined; start: TriggerFilter; close: () => void; done: () => void }

async function store(name: string, trigger: Trigger | undefined, body: TriggerFilter) {
  if (!trigger) return outcome(api.POST('/functions/{name}/triggers', { params: { path: { name } }, body }));
  const parameters = { path: { name, trigger: trigger.name }, header: { 'If-Match': `"${trigger.etag}"` } };
  return outcome(api.PUT('/functions/{name}/triggers/{trigger}', { params: parameters, body }));
}

export function TriggerDialog({ name, trigger, start, close, done }: Props) {
  const types = useResource('types', () => outcome(api.GET('/event-types')));
  const [filter, setFilter] = useState<TriggerFilter>({ types: start.types, attributes: start.attributes });
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const result = await store(name, trigger, filter);
    setBusy(false);
    if (result.ok) done();
    else setProblem(result.problem);
  };
  return (
    <Dialog title={trigger ? t('triggers.edit.title', { name: trigger.name }) : t('triggers.add')} close={close}>
      <form class="stack" noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}>
        {problem && <ProblemAlert problem={problem} />}
        <FilterEditor filter={filter} change={setFilter} seen={types.data?.items ?? []} faults={faultsIn(problem)} pointer="" />
        <div class="form-actions">
          <button type="button" class="btn btn-outline" onClick={close}>{t('cancel')}</button>
          <button type="submit" class="btn btn-primary" disabled={busy}>{t('triggers.save')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export function RemoveTriggerDialog({ name, trigger, close, done }: { name: string; trigger: Trigger; close: () => void; done: () => void }) {
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const remove = async () => {
    const result = await outcome(api.DELETE('/functions/{name}/triggers/{trigger}', { params: { path: { name, trigger: trigger.name } } }));
    if (result.ok) done();
    else setProblem(result.problem);
  };
  return (
    <Confirm title={t('triggers.remove.title', { name: trigger.name })} action={t('triggers.remove')} danger close={close} confirm={() => { void remove(); }}>
      {problem ? <ProblemAlert problem={problem} /> : <p>{t('triggers.remove.detail')}</p>}
    </Confirm>
  );
}
