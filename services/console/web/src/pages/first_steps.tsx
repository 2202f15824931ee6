// SPDX-License-Identifier: Apache-2.0
import { signal } from '@preact/signals';
import type { FunctionDetail, Overview } from '../api/types';
import { simulated } from '../app/session';
import { functionsSeen } from '../stream/stream';
import { t, type Key } from '../text/i18n';
import { Icon } from '../ui/icon';

export interface Step { id: 'source' | 'event' | 'function' | 'run'; done: boolean; href: string }

/// When this browser first saw the card: what was there before, nobody did by hand.
const begun_key = 'millrace.firstSteps.begun';
function begunAt(): string {
  try {
    const kept = localStorage.getItem(begun_key);
    if (kept !== null) return kept;
    const now = new Date().toISOString();
    localStorage.setItem(begun_key, now);
    return now;
  } catch {
    return new Date().toISOString(); // storage is blocked: every visit is the first
  }
}
const begun = begunAt();

/// What is done is read off the live state, never off clicks. Functions that were there before `since`
/// came with the installation: one has to be made, and has to run.
export function firstSteps(overview: Overview, functions: readonly FunctionDetail[], eventHref: string, since: string): Step[] {
  const events = overview.sources.some((source) => source.lastEventAt !== null && Date.parse(source.lastEventAt) > Date.parse(since));
  const own = functions.filter(({ createdAt }) => createdAt !== null && Date.parse(createdAt) > Date.parse(since));
  const ran = own.find((item) => item.calls > item.failures);
  const one = ran ?? own[0];
  return [
    { id: 'source', done: overview.sources.some((source) => source.state === 'Connected'), href: '/' },
    { id: 'event', done: events, href: eventHref },
    { id: 'function', done: own.length > 0, href: '/functions/new' },
    { id: 'run', done: ran !== undefined, href: one ? `/functions/${one.name}/logs` : '/functions' },
  ];
}

const key = 'millrace.firstSteps';
function wasDismissed(): boolean {
  try {
    return localStorage.getItem(key) === 'dismissed';
  } catch {
    return false; // storage is blocked: the card comes back with the next visit
  }
}
const dismissed = signal(wasDismissed());

function dismiss(): void {
  dismissed.value = true;
  try {
    localStorage.setItem(key, 'dismissed');
  } catch {
    return; // storage is blocked: the card comes back with the next visit
  }
}

function StepItem({ step, number, next }: { step: Step; number: number; next: boolean }) {
  const kind = step.done ? 'done' : next ? 'next' : 'todo';
  return (
    <li class={`step step-${kind}`}>
      <span class="step-mark">{step.done ? <Icon name="check" size={16} label={t('steps.done')} /> : number}</span>
      <div>
        <p class="step-title">{t(`steps.${step.id}.title` as Key)}</p>
        <p class="step-detail">{t(`steps.${step.id}.detail` as Key)}</p>
        {next && step.href !== '/' && <a class="btn btn-sm btn-primary" href={step.href}>{t(`steps.${step.id}.action` as Key)}</a>}
      </div>
    </li>
  );
}

export function FirstSteps({ overview }: { overview: Overview }) {
  if (dismissed.value) return null;
  const steps = firstSteps(overview, [...functionsSeen.value.values()], simulated.value ? '/datacentre' : '/events', begun);
  const next = steps.findIndex((step) => !step.done);
  const done = steps.filter((step) => step.done).length;
  return (
    <section class="panel first-steps" aria-label={t('steps.title')}>
      <div class="panel-head">
        <Icon name="idea" size={18} /><h2>{next < 0 ? t('steps.allDone') : t('steps.title')}</h2>
        <div class="panel-aside"><span class="muted">{t('steps.count', { done, all: steps.length })}</span>
          <button type="button" class="icon-button" aria-label={t('steps.dismiss')} title={t('steps.dismiss')} onClick={dismiss}><Icon name="close" /></button>
        </div>
      </div>
      <ol class="steps">{steps.map((step, i) => <StepItem key={step.id} step={step} number={i + 1} next={i === next} />)}</ol>
    </section>
  );
}
