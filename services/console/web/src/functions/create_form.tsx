// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { EventType, Field, Problem, Recipe } from '../api/types';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { CheckField, PasswordField, TextAreaField, TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Card, PageHead } from '../ui/page';
import { Note, ProblemAlert } from '../ui/states';
import { draftOf, faultsIn, faultsOf, filled, inOrder, type Draft } from './draft';
import { FilterEditor } from './filter_editor';

interface InputProps { field: Field; secret: boolean; value: string; change: (value: string) => void; error: string | undefined }

function FieldInput({ field, secret, value, change, error }: InputProps) {
  const label = field.title === '' ? field.name : field.title;
  const common = { label, value, change, error, required: field.required, hint: field.description, placeholder: field.example };
  if (field.kind === 'boolean') return <CheckField label={label} checked={value === 'true'} change={(on) => change(on ? 'true' : 'false')} />;
  if (field.kind === 'multiline') return <TextAreaField {...common} />;
  if (secret || field.kind === 'password') return <PasswordField {...common} autocomplete="new-password" />;
  return <TextField {...common} mono={field.kind === 'url'} />;
}

interface PartProps { recipe: Recipe; draft: Draft; change: (draft: Draft) => void; faults: Map<string, string> }

function WhenPart({ draft, change, faults, seen }: PartProps & { seen: readonly EventType[] }) {
  return (
    <Card title={t('create.when')} icon="events">
      <p class="muted">{t('create.when.lead')}</p>
      {draft.triggers.map((trigger, n) => (
        <fieldset key={n} class="plain-set">
          <legend class={draft.triggers.length > 1 ? '' : 'visually-hidden'}>{t('create.trigger', { n: n + 1 })}</legend>
          <FilterEditor filter={trigger} seen={seen} faults={faults} pointer={`/triggers/${n}`}
            change={(next) => change({ ...draft, triggers: draft.triggers.map((old, i) => i === n ? next : old) })} />
        </fieldset>
      ))}
    </Card>
  );
}

function DoPart({ recipe, draft, change, faults }: PartProps) {
  const none = recipe.env.length + recipe.secrets.length === 0;
  return (
    <Card title={t('create.do')} icon="settings">
      <p class="muted">{none ? t('create.do.nothing') : t('create.do.lead')}</p>
      <div class="form">
        {inOrder(recipe.env).map((field) => (
          <FieldInput key={field.name} field={field} secret={false} value={draft.env[field.name] ?? ''} error={faults.get(`/env/${field.name}`)}
            change={(value) => change({ ...draft, env: { ...draft.env, [field.name]: value } })} />
        ))}
        {inOrder(recipe.secrets).map((field) => (
          <FieldInput key={field.name} field={field} secret={field.kind === 'password'} value={draft.secrets[field.name] ?? ''}
            error={faults.get(`/secrets/${field.name}`)}
            change={(value) => change({ ...draft, secrets: { ...draft.secrets, [field.name]: value } })} />
        ))}
      </div>
      {recipe.secrets.length > 0 && <p class="field-hint"><Icon name="key" size={14} /> {t('create.secret.hint')}</p>}
    </Card>
  );
}

function NamePart({ draft, change, faults }: PartProps) {
  return (
    <Card title={t('create.name')} icon="functions">
      <div class="form">
        <TextField label={t('functions.name')} value={draft.name} change={(name) => change({ ...draft, name: name.trim() })}
          hint={t('create.name.hint')} error={faults.get('/name')} required mono maxLength={60} />
      </div>
    </Card>
  );
}

function About({ recipe }: { recipe: Recipe }) {
  return (
    <div class="column">
      <Card title={t('create.about')} icon="recipe">
        <p>{visible(recipe.summary)}</p>
        {recipe.files.map((file) => (
          <details key={file.path} class="details">
            <summary><code>{file.path}</code></summary>
            <pre class="code" tabIndex={0} aria-label={file.path}>{visible(file.content)}</pre>
          </details>
        ))}
        {recipe.readme !== '' && (
          <details class="details"><summary>{t('create.readme')}</summary><pre class="prose">{visible(recipe.readme)}</pre></details>
        )}
        <p class="field-hint">{t('create.editable')}</p>
      </Card>
    </div>
  );
}

interface FormProps { recipe: Recipe; type: string; taken: readonly string[]; seen: readonly EventType[]; done: (name: string) => void }

export function CreateForm({ recipe, type, taken, seen, done }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(recipe, type, taken));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const own = faultsOf(draft, recipe);
  const faults = tried ? new Map([...faultsIn(problem), ...own]) : new Map<string, string>();
  const change = (next: Draft) => { setDraft(next); setProblem(undefined); };
  const deploy = async () => {
    setTried(true);
    if (own.size > 0) return;
    setBusy(true);
    const body = { name: draft.name, recipe: recipe.id, triggers: draft.triggers, env: filled(draft.env), secrets: filled(draft.secrets) };
    const result = await outcome(api.POST('/functions', { body }));
    setBusy(false);
    if (result.ok) done(result.data.name);
    else setProblem(result.problem);
  };
  const parts = { recipe, draft, change, faults };
  const crumbs = [{ label: t('nav.functions'), href: '/functions' }, { label: t('create.title'), href: '/functions/new' }];
  return (
    <>
      <PageHead title={visible(recipe.title)} crumbs={crumbs} lead={t('create.lead')} />
      {recipe.remedy !== '' && <Note tone="warning">{visible(recipe.remedy)}</Note>}
      <form class="columns" noValidate onSubmit={(event) => { event.preventDefault(); void deploy(); }}>
        <div class="column-wide">
          <WhenPart {...parts} seen={seen} />
          <DoPart {...parts} />
          <NamePart {...parts} />
          {problem && <ProblemAlert problem={problem} />}
          {tried && own.size > 0 && <p class="field-error" role="alert"><Icon name="danger-solid" size={14} /> {t('create.faults', { n: own.size })}</p>}
          <div class="form-actions">
            <button class="btn btn-primary" type="submit" disabled={busy}>{busy ? t('create.deploying') : t('create.deploy')}</button>
            <a class="btn btn-link" href="/functions/new">{t('create.another')}</a>
          </div>
        </div>
        <About recipe={recipe} />
      </form>
    </>
  );
}
