// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { changes, fieldsOf, type Draft, type FormField as Field, type FormGroup } from '../form/form';
import { FormField } from '../form/form_field';
import { t } from '../text/i18n';
import { PasswordField } from '../ui/field';
import { Card } from '../ui/page';
import type { System } from './system_api';
import { credentialsForm, endsSessions, isCredential, unequal } from './system_view';
import { FormActions, TabForm, type Editing } from './tab_form';

interface RepeatProps { field: Field; value: string; change: (value: string) => void; differs: boolean }

function Repeat({ field, value, change, differs }: RepeatProps) {
  return (
    <PasswordField label={t('system.repeat', { label: field.label })} value={value} change={change} required autocomplete="new-password"
      error={differs ? t('system.repeat.differs') : undefined} />
  );
}

/// Of their own: they are changed for good, and in no draft that outlives this form.
function Passwords({ now, editing }: { now: System; editing: Editing }) {
  const [draft, setDraft] = useState<Draft>({});
  const [repeated, setRepeated] = useState<Draft>({});
  const [tried, setTried] = useState(false);
  const form = credentialsForm(now);
  const sent = changes(form, draft);
  const differing = unequal(draft, repeated);
  const clear = () => {
    setDraft({});
    setRepeated({});
    setTried(false);
  };
  const submit = async () => {
    setTried(true);
    if (differing.length === 0 && await editing.send(sent)) clear();
  };
  return (
    <Card title={t('system.passwords')} icon="key">
      <p class="muted">{t('system.passwords.lead')}</p>
      <form class="form" noValidate onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        {fieldsOf(form).map((field) => (
          <div class="stack" key={field.key}>
            <FormField field={field} form={form} draft={draft} error={editing.faults.get(field.key)}
              change={(key, value) => setDraft((old) => ({ ...old, [key]: value }))} />
            {field.secret && (draft[field.key] ?? '') !== '' && (
              <Repeat field={field} value={repeated[field.key] ?? ''} differs={tried && differing.includes(field.key)}
                change={(value) => setRepeated((old) => ({ ...old, [field.key]: value }))} />
            )}
          </div>
        ))}
        {endsSessions(sent) && <p class="text-warning" role="status">{t('system.passwords.ends')}</p>}
        <FormActions label={t('system.passwords.change')} ready={Object.keys(sent).length > 0} busy={editing.busy} discard={clear} />
      </form>
    </Card>
  );
}

export function AccessTab({ now, group, editing }: { now: System; group: FormGroup; editing: Editing }) {
  const others = group.fields.filter((field) => !isCredential(field));
  return (
    <>
      <TabForm title={t('system.ssh')} icon="terminal" lead="" fields={others} editing={editing} />
      <Passwords now={now} editing={editing} />
    </>
  );
}
