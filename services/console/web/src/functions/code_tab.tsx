// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { Files } from '../api/types';
import { useResource } from '../app/resource';
import { faultLine } from '../text/fault_line';
import { t } from '../text/i18n';
import { Confirm } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { Loading, Note, ProblemAlert } from '../ui/states';
import { CodeEditor } from './code_editor';
import { FileList } from './file_list';
import { useCode, type Code } from './use_code';

function Conflict({ code }: { code: Code }) {
  if (!code.conflict) return null;
  const actions = (
    <>
      <button type="button" class="btn btn-sm btn-outline" onClick={code.takeTheirs}>{t('code.conflict.theirs')}</button>
      <button type="button" class="btn btn-sm btn-danger-outline" onClick={code.saveOver}>{t('code.conflict.mine')}</button>
    </>
  );
  return <Note tone="warning" actions={actions}>{t('code.conflict')}</Note>;
}

function DiscardDialog({ discard, close }: { discard: () => void; close: () => void }) {
  return (
    <Confirm title={t('code.discard.title')} action={t('code.discard')} danger close={close} confirm={() => { close(); discard(); }}>
      <p>{t('code.discard.detail')}</p>
    </Confirm>
  );
}

function Bar({ code, readOnly }: { code: Code; readOnly: boolean }) {
  const [asking, setAsking] = useState(false);
  const state = code.dirty ? t('code.unsaved') : t('code.saved');
  return (
    <div class="code-bar">
      <span class={`code-state ${code.dirty ? 'code-dirty' : ''}`} role="status">
        <Icon name={code.dirty ? 'pencil' : 'check'} size={14} /> {state}
      </span>
      {!readOnly && (
        <>
          <button type="button" class="btn btn-sm btn-outline" disabled={!code.dirty || code.busy} onClick={() => setAsking(true)}><Icon name="undo" /> {t('code.discard')}</button>
          <button type="button" class="btn btn-sm btn-primary" disabled={!code.dirty || code.busy} onClick={code.save}>
            {code.busy ? t('code.saving') : t('code.save')}
          </button>
        </>
      )}
      {asking && <DiscardDialog discard={code.discard} close={() => setAsking(false)} />}
    </div>
  );
}

interface WorkbenchProps { name: string; files: Files; etag: string; readOnly: boolean; fault: string }

function Workbench({ name, files, etag, readOnly, fault }: WorkbenchProps) {
  const code = useCode(name, files, etag);
  const [path, setPath] = useState(files.files[0]?.path ?? '');
  const open = code.files.find((file) => file.path === path) ?? code.files[0];
  // The fault is of what was saved; code that is being changed may have it no more.
  const line = code.dirty ? undefined : faultLine(fault);
  useEffect(() => { if (open && open.path !== path) setPath(open.path); }, [open, path]);
  return (
    <>
      {code.problem && <ProblemAlert problem={code.problem} />}
      <Conflict code={code} />
      {code.restored && <Note tone="info">{t('code.restored')}</Note>}
      <div class="workbench">
        <FileList code={code} path={open?.path ?? ''} choose={setPath} readOnly={readOnly} />
        <div class="workbench-main">
          <Bar code={code} readOnly={readOnly} />
          {open && (
            <CodeEditor key={`${open.path} ${code.version}`} path={open.path} content={open.content} readOnly={readOnly} fault={line?.path === open.path ? line : undefined}
              changed={(content) => code.edit(open.path, content)} save={code.save} />
          )}
          <p class="field-hint">{t('code.keys')}</p>
        </div>
      </div>
    </>
  );
}

export function CodeTab({ name, readOnly, fault }: { name: string; readOnly: boolean; fault: string }) {
  const load = () => outcome(api.GET('/functions/{name}/files', { params: { path: { name } } }));
  const { data, etag, problem, reload } = useResource(`files ${name}`, load);
  if (data) return <Workbench name={name} files={data} etag={etag} readOnly={readOnly} fault={fault} />;
  return problem ? <ProblemAlert problem={problem} retry={() => { void reload(); }} /> : <Loading />;
}
