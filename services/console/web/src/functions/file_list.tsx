// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { t } from '../text/i18n';
import { TextField } from '../ui/field';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { pathFault } from './code_draft';
import type { Code } from './use_code';

/// The file the runtime calls; it can't be taken away.
function isHandler(path: string): boolean {
  return /^handler\.\w+$/.test(path);
}

function AddDialog({ code, done, close }: { code: Code; done: (path: string) => void; close: () => void }) {
  const [path, setPath] = useState('');
  const [tried, setTried] = useState(false);
  const fault = pathFault(path, code.files);
  const add = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (fault) return;
    code.add(path);
    done(path);
  };
  return (
    <Dialog title={t('files.add')} close={close}>
      <form class="stack" noValidate onSubmit={add}>
        <TextField label={t('files.path')} value={path} change={setPath} mono hint={t('files.path.hint')}
          error={tried && fault ? t(`files.fault.${fault}`) : undefined} />
        <div class="form-actions"><button type="submit" class="btn btn-primary">{t('files.add')}</button></div>
      </form>
    </Dialog>
  );
}

interface Props { code: Code; path: string; choose: (path: string) => void; readOnly: boolean }

export function FileList({ code, path, choose, readOnly }: Props) {
  const [adding, setAdding] = useState(false);
  const added = (next: string) => { setAdding(false); choose(next); };
  return (
    <nav class="files" aria-label={t('files.label')}>
      <ul>
        {code.files.map((file) => (
          <li key={file.path} class={file.path === path ? 'active' : ''}>
            <button type="button" class="file" aria-current={file.path === path ? 'true' : undefined} onClick={() => choose(file.path)}>
              <Icon name={isHandler(file.path) ? 'functions' : 'list'} size={14} /> {file.path}
            </button>
            {!readOnly && !isHandler(file.path) && (
              <button type="button" class="icon-button" aria-label={t('files.remove', { path: file.path })} title={t('files.remove', { path: file.path })}
                onClick={() => code.remove(file.path)}><Icon name="trash" size={14} /></button>
            )}
          </li>
        ))}
      </ul>
      {!readOnly && <button type="button" class="btn btn-sm btn-link" onClick={() => setAdding(true)}><Icon name="plus" size={12} /> {t('files.add')}</button>}
      {adding && <AddDialog code={code} done={added} close={() => setAdding(false)} />}
    </nav>
  );
}
