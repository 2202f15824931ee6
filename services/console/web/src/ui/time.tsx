// SPDX-License-Identifier: Apache-2.0
import { now } from '../app/clock';
import { ago, fullTime, shortTime } from '../text/format';
import { t } from '../text/i18n';

export function Clock({ at }: { at: string | null }) {
  if (at === null) return <span class="muted">{t('none')}</span>;
  return <time dateTime={at} title={fullTime(at)}>{shortTime(at, now.peek())}</time>;
}

/// "12 seconds ago", moving.
export function Ago({ at, never }: { at: string | null; never?: string }) {
  if (at === null) return <span class="muted">{never ?? t('never')}</span>;
  return <time dateTime={at} title={fullTime(at)}>{ago(at, now.value)}</time>;
}
