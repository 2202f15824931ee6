// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { outcome } from '../api/client';
import type { Problem } from '../api/types';
import { FaultList } from '../form/fault_list';
import { changes, faultsByKey, type Draft, type FormGroup } from '../form/form';
import { FormField } from '../form/form_field';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { Note, ProblemAlert } from '../ui/states';
import { setup, type SetupForm as Form } from './setup_api';
import { heed, loadForm } from './setup_state';
import { isOpen } from './setup_view';

function NoteList({ notes }: { notes: Form['notes'] }) {
  return <ul class="plain">{notes.map((note) => <li key={note.property}><strong>{visible(note.property)}</strong> {visible(note.problem)}</li>)}</ul>;
}

interface PartProps { form: Form; draft: Draft; change: (key: string, value: string) => void; faults: Map<string, string> }

function Group({ group, form, draft, change, faults }: PartProps & { group: FormGroup }) {
  const wrong = group.fields.filter(({ key }) => faults.has(key)).length;
  const [open, setOpen] = useState(() => isOpen(group, form, faults));
  useEffect(() => { if (wrong > 0) setOpen(true); }, [wrong]);
  return (
    <details class="panel setup-group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="panel-head">
        <Icon name="angle" turn={open ? 180 : 90} size={14} /><h2>{group.label}</h2>
        {wrong > 0 && <span class="panel-aside text-danger">{t('setup.group.faults', { n: wrong })}</span>}
      </summary>
      <div class="panel-body">
        {group.help !== '' && <p class="muted">{group.help}</p>}
        <div class="form">
          {group.fields.map((field) => (
            <FormField key={field.key} field={field} form={form} draft={draft} change={change} error={faults.get(field.key)} />
          ))}
        </div>
      </div>
    </details>
  );
}

export function SetupForm({ form }: { form: Form }) {
  const [draft, setDraft] = useState<Draft>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const faults = faultsByKey(problem, form.faults);
  const change = (key: string, value: string) => setDraft((old) => ({ ...old, [key]: value }));
  const send = async () => {
    setBusy(true);
    const result = await outcome(setup.PUT('/form', { body: { values: changes(form, draft) } }));
    if (result.ok) {
      await loadForm();
      setDraft({});
    } else {
      heed(result.problem);
    }
    setProblem(result.ok ? undefined : result.problem);
    setBusy(false);
  };
  return (
    <form class="setup-form" noValidate onSubmit={(event) => { event.preventDefault(); void send(); }}>
      {faults.size > 0 ? <FaultList form={form} faults={faults} /> : problem && <ProblemAlert problem={problem} />}
      {form.notes.length > 0 && <Note tone="info"><NoteList notes={form.notes} /></Note>}
      {form.groups.map((group) => <Group key={group.id} group={group} form={form} draft={draft} change={change} faults={faults} />)}
      <div class="form-actions">
        <button class="btn btn-primary" type="submit" disabled={busy}>{busy ? t('setup.sending') : t('setup.send')}</button>
      </div>
    </form>
  );
}
