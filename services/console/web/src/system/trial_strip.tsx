// SPDX-License-Identifier: Apache-2.0
// Above every page: what becomes of a change of the appliance, and what one can do about it.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { now } from '../app/clock';
import { report } from '../app/notices';
import { t, type Key } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import type { SystemOutcome, Trial } from './system_api';
import { answerTrial, ended, move, system, systemProblem, toldAt_ms } from './system_state';
import { isSilence, secondsLeft, spokenSeconds, type Move } from './system_view';

type Tone = 'info' | 'warning' | 'success' | 'danger';

interface StripProps { tone: Tone; title: string; detail?: ComponentChildren; children?: ComponentChildren }

/// `children`: what can be done.
function Strip({ tone, title, detail, children }: StripProps) {
  const icon = tone === 'info' ? 'progress' : `${tone}-solid`;
  return (
    <div class={`trial trial-${tone}`}>
      <Icon name={icon} size={20} />
      <div class="trial-text" role={tone === 'danger' ? 'alert' : 'status'}><strong>{title}</strong>{detail && <> {detail}</>}</div>
      {children && <div class="trial-actions">{children}</div>}
    </div>
  );
}

function OnTrial({ trial }: { trial: Trial }) {
  const [busy, setBusy] = useState(false);
  const left = secondsLeft(trial, toldAt_ms.value, now.value.getTime());
  const spoken = spokenSeconds(left);
  const answer = async (what: 'confirm' | 'undo') => {
    setBusy(true);
    const problem = await answerTrial(what);
    setBusy(false);
    if (problem) report(problem);
  };
  return (
    <Strip tone="warning" title={t('trial.onTrial')} detail={t('trial.onTrial.detail')}>
      <span class="trial-left" aria-hidden="true">{t('trial.left', { n: left })}</span>
      <span class="visually-hidden" aria-live="polite">{spoken === undefined ? '' : t('trial.left', { n: spoken })}</span>
      <button type="button" class="btn btn-primary" disabled={busy} onClick={() => { void answer('confirm'); }}>{t('trial.keep')}</button>
      <button type="button" class="btn btn-outline" disabled={busy} onClick={() => { void answer('undo'); }}>{t('trial.undo')}</button>
    </Strip>
  );
}

/// Nobody answers while a change is under way: it may have taken the appliance elsewhere, or its certificate be another one.
function Silent({ to }: { to: Move | undefined }) {
  if (to?.address !== undefined) {
    return (
      <Strip tone="warning" title={t('trial.moved')} detail={t('trial.moved.detail', { address: to.address })}>
        <a class="btn btn-primary" href={to.address}>{t('trial.moved.open', { address: to.address })}</a>
      </Strip>
    );
  }
  return (
    <Strip tone="warning" title={t('trial.silent')} detail={t(to ? 'trial.silent.unknown' : 'trial.silent.detail')}>
      <button type="button" class="btn btn-outline" onClick={() => location.reload()}>{t('trial.reload')}</button>
    </Strip>
  );
}

const outcomes: Record<SystemOutcome['outcome'], { tone: Tone; title: Key }> = {
  kept: { tone: 'success', title: 'trial.kept' }, undone: { tone: 'warning', title: 'trial.undone' }, stuck: { tone: 'danger', title: 'trial.stuck' },
};

function Ended({ last }: { last: SystemOutcome }) {
  const { tone, title } = outcomes[last.outcome];
  return (
    <Strip tone={tone} title={t(title)} detail={<>{visible(last.problem)} {last.outcome === 'stuck' && t('trial.stuck.detail')}</>}>
      <button type="button" class="icon-button" aria-label={t('close')} onClick={() => { ended.value = undefined; }}><Icon name="close" /></button>
    </Strip>
  );
}

function Content() {
  const trial = system.value?.trial;
  if (!trial) return ended.value ? <Ended last={ended.value} /> : null;
  if (isSilence(systemProblem.value)) return <Silent to={move.value} />;
  if (trial.state === 'onTrial') return <OnTrial trial={trial} />;
  const step = trial.title === '' ? '' : t('trial.step', { title: visible(trial.title) });
  if (trial.state === 'applying') return <Strip tone="info" title={t('trial.applying')} detail={step} />;
  return <Strip tone="warning" title={t('trial.undoing')} detail={<>{visible(trial.problem)} {step}</>} />;
}

/// The focus stays here when the button that had it goes.
export function TrialStrip() {
  const place = useRef<HTMLElement>(null);
  return (
    <section class="trial-place" aria-label={t('trial.label')} tabIndex={-1} ref={place}
      onClick={(event) => { if (event.target instanceof Element && event.target.closest('button')) place.current?.focus(); }}><Content /></section>
  );
}
