// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { Problem } from '../api/types';
import { confirmDone } from '../app/notices';
import { useResource } from '../app/resource';
import { t } from '../text/i18n';
import { Confirm, Dialog } from '../ui/dialog';
import { CheckField, PasswordField, TextAreaField, TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Card } from '../ui/page';
import { Loading, ProblemAlert } from '../ui/states';

interface SetProps { name: string; fixed: string; close: () => void; done: () => void }

function SetDialog({ name, fixed, close, done }: SetProps) {
  const [key, setKey] = useState(fixed);
  const [value, setValue] = useState('');
  const [lines, setLines] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const fault = key !== '' && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? t('fault.envName') : undefined;
  const save = async () => {
    setBusy(true);
    const body = { set: { [key]: value }, remove: [] };
    const result = await outcome(api.PATCH('/functions/{name}/secrets', { params: { path: { name } }, body }));
    setBusy(false);
    if (result.ok) {
      confirmDone(t('secrets.saved', { key }));
      done();
    } else {
      setProblem(result.problem);
    }
  };
  return (
    <Dialog title={fixed === '' ? t('secrets.add') : t('secrets.replace.title', { key: fixed })} close={close}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        {problem && <ProblemAlert problem={problem} />}
        {fixed === '' && <TextField label={t('secrets.key')} value={key} change={setKey} mono error={fault} required />}
        {lines
          ? <TextAreaField label={t('secrets.value')} value={value} change={setValue} hint={t('secrets.writeOnly')} required />
          : <PasswordField label={t('secrets.value')} value={value} change={setValue} hint={t('secrets.writeOnly')} autocomplete="new-password" required />}
        <CheckField label={t('secrets.lines')} checked={lines} change={setLines} />
        <div class="form-actions">
          <button type="button" class="btn btn-outline" onClick={close}>{t('cancel')}</button>
          <button type="submit" class="btn btn-primary" disabled={busy || key === '' || value === '' || fault !== undefined}>{t('secrets.save')}</button>
        </div>
      </form>
    </Dialog>
  );
}

function RemoveDialog({ name, secret, close, done }: { name: string; secret: string; close: () => void; done: () => void }) {
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const remove = async () => {
    const body = { set: {}, remove: [secret] };
    const result = await outcome(api.PATCH('/functions/{name}/secrets', { params: { path: { name } }, body }));
    if (result.ok) done();
    else setProblem(result.problem);
  };
  return (
    <Confirm title={t('secrets.remove.title', { key: secret })} action={t('secrets.remove')} danger close={close} confirm={() => { void remove(); }}>
      {problem ? <ProblemAlert problem={problem} /> : <p>{t('secrets.remove.detail')}</p>}
    </Confirm>
  );
}

interface ItemProps { secret: string; readOnly: boolean; set: () => void; remove: () => void }

function Item({ secret, readOnly, set, remove }: ItemProps) {
  return (
    <li class="row">
      <span class="secret"><Icon name="key" size={16} /> <code>{secret}</code> <span class="muted" aria-label={t('secrets.hidden')}>••••••••</span></span>
      {!readOnly && (
        <span class="row-actions">
          <button type="button" class="btn btn-sm btn-link" onClick={set}>{t('secrets.replace')}</button>
          <button type="button" class="btn btn-sm btn-link" onClick={remove}>{t('secrets.remove')}</button>
        </span>
      )}
    </li>
  );
}

type Open = { kind: 'set' | 'remove'; secret: string } | undefined;

export function Secrets({ name, readOnly }: { name: string; readOnly: boolean }) {
  const load = () => outcome(api.GET('/functions/{name}/secrets', { params: { path: { name } } }));
  const { data, problem, reload } = useResource(`secrets ${name}`, load);
  const [open, setOpen] = useState<Open>(undefined);
  const close = () => setOpen(undefined);
  const done = () => { close(); void reload(); };
  return (
    <Card title={t('secrets.title')} icon="key">
      <p class="muted">{t('secrets.lead')}</p>
      {problem && <ProblemAlert problem={problem} retry={() => { void reload(); }} />}
      {!data && !problem && <Loading />}
      {data?.items.length === 0 && <p class="muted">{t('secrets.none')}</p>}
      <ul class="plain divided">
        {data?.items.map(({ key }) => (
          <Item key={key} secret={key} readOnly={readOnly} set={() => setOpen({ kind: 'set', secret: key })} remove={() => setOpen({ kind: 'remove', secret: key })} />
        ))}
      </ul>
      {data && !readOnly && (
        <div class="form-actions"><button type="button" class="btn btn-sm btn-outline" onClick={() => setOpen({ kind: 'set', secret: '' })}><Icon name="plus" /> {t('secrets.add')}</button></div>
      )}
      {open?.kind === 'set' && <SetDialog name={name} fixed={open.secret} close={close} done={done} />}
      {open?.kind === 'remove' && <RemoveDialog name={name} secret={open.secret} close={close} done={done} />}
    </Card>
  );
}
