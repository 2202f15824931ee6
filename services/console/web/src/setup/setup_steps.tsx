// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { outcome } from '../api/client';
import type { Problem } from '../api/types';
import { useResource } from '../app/resource';
import { t } from '../text/i18n';
import { logText, visible } from '../text/visible';
import { Card } from '../ui/page';
import { Loading, ProblemAlert } from '../ui/states';
import { Status, type Tone } from '../ui/status';
import { code, setup, type SetupStatus, type SetupStep } from './setup_api';
import { heed } from './setup_state';
import { progress } from './setup_view';

const tones: Record<SetupStep['state'], Tone> = {
  waiting: 'neutral', running: 'info', held: 'success', done: 'success', warning: 'warning', failed: 'danger',
};

/// What the step's programs printed last.
function StepLog({ step }: { step: SetupStep }) {
  const load = () => outcome(setup.GET('/log', { params: { query: { step: step.id } }, parseAs: 'text' }));
  const { data, problem } = useResource(`log ${step.id} ${step.attempts}`, load);
  if (problem?.code === 'log.none') return <p class="muted">{t('setup.log.none')}</p>;
  if (problem) return <ProblemAlert problem={problem} />;
  if (data === undefined) return <Loading />;
  return <pre class="code" tabIndex={0} aria-label={t('setup.log.of', { step: step.title })}>{data.split('\n').map(logText).join('\n')}</pre>;
}

function StepLogDetails({ step }: { step: SetupStep }) {
  const [open, setOpen] = useState(step.state === 'failed');
  return (
    <details class="details" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('setup.log')}</summary>
      {open && <StepLog step={step} />}
    </details>
  );
}

function Step({ step }: { step: SetupStep }) {
  const isWrong = step.state === 'failed' || step.state === 'warning';
  return (
    <li>
      <div class="row">
        <strong>{visible(step.title)}</strong>
        <Status tone={tones[step.state]} word={t(`setup.step.${step.state}`)} {...(step.state === 'waiting' ? { icon: 'clock' } : {})} />
      </div>
      {step.state === 'running' && step.attempts > 1 && <p class="muted">{t('setup.attempt', { count: step.attempts })}</p>}
      {step.problem !== '' && <p class={isWrong ? 'text-danger' : 'muted'}>{visible(step.problem)}</p>}
      {code.value !== '' && (isWrong || step.problem !== '') && <StepLogDetails key={step.state} step={step} />}
    </li>
  );
}

function Retry() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const retry = async () => {
    setBusy(true);
    const result = await outcome(setup.POST('/retry'));
    setBusy(false);
    setProblem(result.ok ? undefined : result.problem);
    if (!result.ok) heed(result.problem);
  };
  return (
    <>
      {problem && <ProblemAlert problem={problem} />}
      <div><button type="button" class="btn btn-primary" disabled={busy} onClick={() => { void retry(); }}>{t('setup.retry')}</button></div>
    </>
  );
}

export function SetupSteps({ status }: { status: SetupStatus }) {
  const { ended, all } = progress(status);
  if (all === 0) return null;
  return (
    <Card title={t('setup.steps')} icon="list" aside={<span>{t('setup.progress', { ended, all })}</span>}>
      <progress class="setup-progress" max={all} value={ended} aria-label={t('setup.steps')} />
      {status.state === 'stuck' && code.value !== '' && <Retry />}
      <ol class="plain divided">{status.steps.map((step) => <Step key={step.id} step={step} />)}</ol>
    </Card>
  );
}
