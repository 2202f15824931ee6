// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { t } from '../text/i18n';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import type { Act } from './act';

const count_max = 10_000;

/// Asks how many events, then lets the simulator post them at once.
export function Burst({ act }: { act: Act }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('500');
  const count = Number(text);
  const valid = Number.isInteger(count) && count >= 1 && count <= count_max;
  const start = (event: Event) => {
    event.preventDefault();
    if (!valid) return;
    setOpen(false);
    act({ action: 'burst', count });
  };
  return (
    <>
      <button type="button" class="btn btn-outline" onClick={() => setOpen(true)}><Icon name="storm" /> {t('action.burst')}</button>
      {open && (
        <Dialog title={t('burst.title')} close={() => setOpen(false)}>
          <form class="stack" noValidate onSubmit={start}>
            <p class="muted">{t('burst.detail')}</p>
            <TextField label={t('burst.count')} type="number" value={text} change={setText} error={valid ? undefined : t('burst.fault', { max: count_max })} />
            <div class="form-actions">
              <button type="button" class="btn btn-outline" onClick={() => setOpen(false)}>{t('cancel')}</button>
              <button type="submit" class="btn btn-primary" disabled={!valid}>{t('burst.start')}</button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}
