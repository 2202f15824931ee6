// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Draft, Form, FormField as Field } from '../form/form';
import { FormField } from '../form/form_field';
import { t } from '../text/i18n';
import { Card } from '../ui/page';
import { isUnderWay } from './system_state';
import { changesOf } from './system_view';

/// What the forms of all tabs share: what was typed on the page, what is wrong with it, and how it is sent.
export interface Editing {
  form: Form;
  draft: Draft;
  change: (key: string, value: string) => void;
  faults: Map<string, string>;
  busy: boolean;
  /// True when the change has begun.
  send: (values: Draft) => Promise<boolean>;
  discard: (keys: readonly string[]) => void;
}

interface ActionsProps { label: string; ready: boolean; busy: boolean; discard?: (() => void) | undefined }

export function FormActions({ label, ready, busy, discard }: ActionsProps) {
  return (
    <div class="form-actions">
      <button class="btn btn-primary" type="submit" disabled={!ready || busy || isUnderWay.value}>{busy ? t('system.sending') : label}</button>
      {ready && discard && <button class="btn btn-outline" type="button" disabled={busy} onClick={discard}>{t('system.discard')}</button>}
      {ready && isUnderWay.value && <span class="muted">{t('system.underWay')}</span>}
    </div>
  );
}

interface Props { title: string; icon: string; lead: string; fields: readonly Field[]; editing: Editing; send?: (values: Draft) => void; children?: ComponentChildren }

/// `send`: where something has to be asked before.
export function TabForm({ title, icon, lead, fields, editing, send, children }: Props) {
  const { form, draft, change, faults, busy, discard } = editing;
  const changed = changesOf(form, draft, fields);
  const submit = () => {
    if (send) send(changed);
    else void editing.send(changed);
  };
  return (
    <Card title={title} icon={icon}>
      {lead !== '' && <p class="muted">{lead}</p>}
      <form class="form" noValidate onSubmit={(event) => { event.preventDefault(); submit(); }}>
        {children ?? fields.map((field) => <FormField key={field.key} field={field} form={form} draft={draft} change={change} error={faults.get(field.key)} />)}
        <FormActions label={t('system.apply')} ready={Object.keys(changed).length > 0} busy={busy} discard={() => discard(fields.map(({ key }) => key))} />
      </form>
    </Card>
  );
}

/// Holds what is to be sent until it was confirmed.
export function useAsked(): { asked: Draft | undefined; ask: (values: Draft) => void; close: () => void } {
  const [asked, setAsked] = useState<Draft | undefined>(undefined);
  return { asked, ask: setAsked, close: () => setAsked(undefined) };
}
