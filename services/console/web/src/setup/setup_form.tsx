// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { outcome } from '../api/client';
import type { Problem } from '../api/types';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { Note, ProblemAlert } from '../ui/states';
import { setup, type SetupForm as Form, type SetupGroup } from './setup_api';
import { changes, faultsByKey, isOpen, labelOf, type SetupDraft } from './setup_draft';
import { fieldId, SetupField } from './setup_field';
import { heed, loadForm } from './setup_state';

/// Opens the group it is in and goes there.
function goTo(key: string): void {
  const place = document.getElementById(fieldId(key));
  const group = place?.closest('details');
  if (group) group.open = true;
  place?.querySelector<HTMLElement>('input, textarea, select')?.focus();
}

/// All that is wrong, in the order of the form; takes the focus when it comes, so that it is read out.
function FaultList({ form, faults }: { form: Form; faults: Map<string, string> }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { box.current?.focus(); }, [faults.size]);
  const order = form.groups.flatMap(({ fields }) => fields).map(({ key }) => key);
  const keys = [...faults.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return (
    <div class="notice notice-danger" role="alert" tabIndex={-1} ref={box}>
      <Icon name="danger-solid" size={20} class="notice-icon" />
      <div class="notice-text">
        <p class="notice-title">{t('setup.faults', { n: faults.size })}</p>
        <ul class="problem-faults">
          {keys.map((key) => (
            <li key={key}>
              {order.includes(key)
                ? <a class="text-link" href={`#${fieldId(key)}`} onClick={(event) => { event.preventDefault(); goTo(key); }}>{labelOf(form, key)}</a>
                : <strong>{visible(key)}</strong>}: {visible(faults.get(key) ?? '')}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function NoteList({ notes }: { notes: Form['notes'] }) {
  return <ul class="plain">{notes.map((note) => <li key={note.property}><strong>{visible(note.property)}</strong> {visible(note.problem)}</li>)}</ul>;
}

interface PartProps { form: Form; draft: SetupDraft; change: (key: string, value: string) => void; faults: Map<string, string> }

function Group({ group, form, draft, change, faults }: PartProps & { group: SetupGroup }) {
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
            <SetupField key={field.key} field={field} form={form} draft={draft} change={change} error={faults.get(field.key)} />
          ))}
        </div>
      </div>
    </details>
  );
}

export function SetupForm({ form }: { form: Form }) {
  const [draft, setDraft] = useState<SetupDraft>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const faults = faultsByKey(form, problem);
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
