// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { t } from '../text/i18n';
import { Icon } from '../ui/icon';

/// More than any chain of certificates.
const bytes_max = 256 * 1024;

/// Reads a text file of the person's own computer into a field.
export function FileButton({ label, read }: { label: string; read: (text: string) => void }) {
  const [fault, setFault] = useState('');
  const open = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file) return;
    const isLarge = file.size > bytes_max;
    setFault(isLarge ? t('form.file.large', { name: file.name }) : '');
    if (!isLarge) read(await file.text());
    // The same file can be chosen again.
    input.value = '';
  };
  return (
    <div>
      <label class="btn btn-sm btn-outline file-button">{t('form.file')}
        <input type="file" class="visually-hidden" aria-label={t('form.file.of', { label })} onChange={(event) => { void open(event.currentTarget); }} />
      </label>
      {fault !== '' && <p class="field-error" role="alert"><Icon name="danger-solid" size={14} /> {fault}</p>}
    </div>
  );
}
