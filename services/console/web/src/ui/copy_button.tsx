// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { announce } from '../app/announce';
import { t } from '../text/i18n';
import { Icon } from './icon';

/// Copies `text`; where the browser has no clipboard (plain HTTP off loopback) it is not shown.
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  if (!isSecureContext) return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      announce(t('copy.refused'));
      return;
    }
    setDone(true);
    announce(t('copy.done'));
    setTimeout(() => setDone(false), 2000);
  };
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={() => { void copy(); }}>
      <Icon name={done ? 'check' : 'copy'} />
    </button>
  );
}
