// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/types';
import { ThemeButton } from '../app/theme_button';
import { movedTo } from '../form/form';
import { t } from '../text/i18n';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Card, PageHead } from '../ui/page';
import { Loading, Note, ProblemAlert } from '../ui/states';
import { code, type SetupStatus } from './setup_api';
import { SetupForm } from './setup_form';
import { codeIsOld, enter, form, silence, status } from './setup_state';
import { SetupSteps } from './setup_steps';

function CodeCard() {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const send = async () => {
    setBusy(true);
    setProblem(await enter(typed.trim()));
    setBusy(false);
  };
  return (
    <Card title={t('setup.code.title')} icon="key">
      <form class="stack form" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <p>{codeIsOld.value && !problem ? t('setup.code.old') : t('setup.code.lead')}</p>
        <TextField label={t('setup.code')} value={typed} change={setTyped} mono required maxLength={20} autocomplete="one-time-code"
          placeholder="XXXX-XXXX" error={problem?.code === 'setupCode.wrong' ? problem.detail : undefined} />
        {problem && problem.code !== 'setupCode.wrong' && <ProblemAlert problem={problem} />}
        <div><button class="btn btn-primary" type="submit" disabled={busy || typed.trim() === ''}>{t('setup.code.send')}</button></div>
      </form>
    </Card>
  );
}

/// How it stands, in a sentence, and what is to be done.
function StateNote({ state }: { state: SetupStatus['state'] }) {
  if (state === 'starting') return <Loading what={t('setup.state.starting')} />;
  if (state === 'finished') {
    return (
      <Note tone="success" actions={<a class="btn btn-primary btn-sm" href="/">{t('setup.open')}</a>}>
        <strong>{t('setup.state.finished')}</strong> {t('setup.finished.lead')}
      </Note>
    );
  }
  const tone = state === 'running' || state === 'waiting' ? 'info' : 'warning';
  return <Note tone={tone}><strong>{t(`setup.state.${state}`)}</strong> {t(`setup.lead.${state}`)}</Note>;
}

/// The appliance does not answer: it may have moved, or its certificate be another one.
function Silence() {
  if (!silence.value || silence.value.code.startsWith('setupCode.')) return null;
  const target = movedTo(form.value?.values, location.hostname);
  const isDone = status.value?.state === 'finished';
  return (
    <Note tone="warning" actions={<a class="btn btn-sm" href={target ?? '/'}>{target ? t('setup.silence.moved', { target }) : t('setup.silence.again')}</a>}>
      {isDone ? t('setup.silence.finished') : t('setup.silence')}
    </Note>
  );
}

function FormPart({ state }: { state: SetupStatus['state'] }) {
  if (state === 'finished' || state === 'starting') return null;
  if (code.value === '' || !form.value) return <CodeCard />;
  if (state !== 'running') return <SetupForm form={form.value} />;
  return (
    <details class="details">
      <summary>{t('setup.change')}</summary>
      <SetupForm form={form.value} />
    </details>
  );
}

function Content() {
  const now = status.value;
  const { state } = now ?? {};
  useEffect(() => { if (state) document.title = `${t(`setup.state.${state}`)} · ${t('product')}`; }, [state]);
  if (!now) return silence.value ? <ProblemAlert problem={silence.value} /> : <Loading />;
  return (
    <>
      <Silence />
      <StateNote state={now.state} />
      <div class={now.steps.length > 0 && now.state !== 'finished' ? 'columns setup-columns' : ''}>
        <div class="column-wide"><FormPart state={now.state} /></div>
        <div class="column"><SetupSteps status={now} /></div>
      </div>
    </>
  );
}

export function SetupPage() {
  return (
    <div class="main-container app">
      <header class="header app-header">
        <div class="branding"><span class="nav-link"><Icon name="millrace" size={26} class="brand-icon" /><span class="title">{t('product')}</span></span></div>
        <div class="header-right"><ThemeButton /></div>
      </header>
      <div class="content-container">
        <main class="content-area" id="main" tabIndex={-1}>
          <PageHead title={t('setup.title')} lead={t('setup.lead')} />
          <Content />
        </main>
      </div>
    </div>
  );
}
