// SPDX-License-Identifier: Apache-2.0
// Loading, empty and failed look different, so that "nothing there" is never mistaken for "broken".
import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/types';
import { maybe, t } from '../text/i18n';
import { placeInWords } from '../text/places';
import { visible } from '../text/visible';
import { Icon } from './icon';

export function Loading({ what }: { what?: string }) {
  return (
    <div class="state-loading" role="status">
      <span class="spinner spinner-sm" aria-hidden="true" />
      <span>{what ?? t('loading')}</span>
    </div>
  );
}

/// A part of the page that is fetched when it is first shown did not come: the network, or the console
/// was updated since. Unsaved code survives the reload.
export function NotLoaded() {
  return (
    <Note tone="warning" actions={<button type="button" class="btn btn-sm" onClick={() => location.reload()}>{t('part.reload')}</button>}>
      {t('part.failed')}
    </Note>
  );
}

interface EmptyProps { icon: string; title: string; children?: ComponentChildren }

export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div class="state-empty">
      <span class="state-empty-icon"><Icon name={icon} size={40} /></span>
      <p class="state-empty-title">{title}</p>
      {children}
    </div>
  );
}

function Faults({ problem }: { problem: Problem }) {
  if (!problem.errors || problem.errors.length === 0) return null;
  return (
    <ul class="problem-faults">
      {problem.errors.map((fault) => (
        <li key={`${fault.pointer}${fault.code}`}>{placeInWords(fault.pointer) !== '' && <strong>{visible(placeInWords(fault.pointer))}: </strong>}{visible(fault.detail)}</li>
      ))}
    </ul>
  );
}

/// Servers use HTTP's own words as titles ("Service Unavailable"); these say the same plainly.
function titleOf(problem: Problem): string {
  return maybe(`problem.title.${problem.status}`) ?? visible(problem.title);
}

interface ProblemProps { problem: Problem; retry?: () => void; close?: () => void; children?: ComponentChildren }

/// A problem as the server told it: what, why, and one thing to do about it.
export function ProblemAlert({ problem, retry, close, children }: ProblemProps) {
  if (problem.code.startsWith('session.')) return null; // the sign-in dialog says so already
  return (
    <div class="notice notice-danger" role="alert">
      <Icon name="danger-solid" size={20} class="notice-icon" />
      <div class="notice-text">
        <p class="notice-title">{titleOf(problem)}</p>
        <p class="notice-detail">{visible(problem.detail)}</p>
        <Faults problem={problem} />
        <div class="notice-actions">
          {problem.fix && <a class="btn btn-sm" href={problem.fix.href}>{visible(problem.fix.label)}</a>}
          {retry && <button type="button" class="btn btn-sm" onClick={retry}>{t('retry')}</button>}
          {children}
        </div>
      </div>
      {close && <button type="button" class="icon-button" aria-label={t('close')} onClick={close}><Icon name="close" /></button>}
    </div>
  );
}

interface NoteProps { tone: 'info' | 'warning' | 'success'; children: ComponentChildren; actions?: ComponentChildren }

export function Note({ tone, children, actions }: NoteProps) {
  const icon = tone === 'info' ? 'info' : `${tone}-solid`;
  return (
    <div class={`notice notice-${tone}`} role={tone === 'warning' ? 'alert' : 'status'}>
      <Icon name={icon} size={20} class="notice-icon" />
      <div class="notice-text"><div class="notice-detail">{children}</div>
        {actions && <div class="notice-actions">{actions}</div>}
      </div>
    </div>
  );
}
