// SPDX-License-Identifier: Apache-2.0
import type { FunctionState, ServiceState, Source } from '../api/types';
import { maybe } from '../text/i18n';
import { Icon } from './icon';

export type Tone = 'success' | 'warning' | 'danger' | 'info' | 'neutral';

const icons: Record<Tone, string> = {
  success: 'success-solid', warning: 'warning-solid', danger: 'danger-solid', info: 'progress', neutral: 'idle',
};

/// A state as icon and word: never colour alone.
export function Status({ tone, word, icon }: { tone: Tone; word: string; icon?: string }) {
  return (
    <span class={`status status-${tone}`}>
      <Icon name={icon ?? icons[tone]} size={16} />
      <span>{word}</span>
    </span>
  );
}

const functionTones: Record<FunctionState, Tone> = {
  Running: 'success', Idle: 'neutral', Starting: 'info', Failing: 'warning', Error: 'danger',
};

export function FunctionStatus({ state }: { state: FunctionState }) {
  return <Status tone={functionTones[state]} word={maybe(`function.state.${state}`) ?? state} />;
}

const sourceTones: Record<Source['state'], Tone> = {
  Connected: 'success', Connecting: 'info', Waiting: 'warning', Error: 'danger',
};

export function SourceStatus({ state }: { state: Source['state'] }) {
  return <Status tone={sourceTones[state]} word={maybe(`source.state.${state}`) ?? state} />;
}

const serviceTones: Record<ServiceState['state'], Tone> = {
  up: 'success', starting: 'info', degraded: 'warning', down: 'danger',
};

export function ServiceStatus({ state }: { state: ServiceState['state'] }) {
  return <Status tone={serviceTones[state]} word={maybe(`service.state.${state}`) ?? state} />;
}
