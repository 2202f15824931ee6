// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import type { Problem, Session } from '../api/types';
import { signIn, type Credentials } from '../app/session';
import { t } from '../text/i18n';
import { PasswordField, TextField } from '../ui/field';
import { ProblemAlert } from '../ui/states';

interface FieldsProps { mode: Session['mode']; submit: (credentials: Credentials) => void; busy: boolean }

function CodeFields({ submit, busy }: Omit<FieldsProps, 'mode'>) {
  const [code, setCode] = useState('');
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); submit({ code: code.trim() }); }}>
      <p class="muted">{t('signIn.code.lead')}</p>
      <PasswordField label={t('signIn.code')} value={code} change={setCode} autocomplete="one-time-code" required />
      <button class="btn btn-primary btn-wide" type="submit" disabled={busy || code.trim() === ''}>{t('signIn')}</button>
    </form>
  );
}

function PasswordFields({ submit, busy }: Omit<FieldsProps, 'mode'>) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const ready = user !== '' && password !== '';
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); submit({ user, password }); }}>
      <TextField label={t('signIn.user')} value={user} change={setUser} autocomplete="username" required />
      <PasswordField label={t('signIn.password')} value={password} change={setPassword} autocomplete="current-password" required />
      <button class="btn btn-primary btn-wide" type="submit" disabled={busy || !ready}>{t('signIn')}</button>
    </form>
  );
}

/// The fields of the session's mode; `done` is called when signed in.
export function SignInForm({ mode, done, first }: { mode: Session['mode']; done: () => void; first?: Problem | undefined }) {
  const [problem, setProblem] = useState<Problem | undefined>(first);
  const [busy, setBusy] = useState(false);
  const submit = async (credentials: Credentials) => {
    setBusy(true);
    const refused = await signIn(credentials);
    setBusy(false);
    setProblem(refused);
    if (!refused) done();
  };
  const start = (credentials: Credentials) => { void submit(credentials); };
  return (
    <>
      {problem && <ProblemAlert problem={problem} />}
      {mode === 'loopback' ? <CodeFields submit={start} busy={busy} /> : <PasswordFields submit={start} busy={busy} />}
    </>
  );
}
