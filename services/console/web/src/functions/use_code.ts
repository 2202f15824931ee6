// SPDX-License-Identifier: Apache-2.0
// The files being edited: what differs from the saved version, saving, and what to do when somebody
// else saved meanwhile.
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { Files, Problem, SourceFile } from '../api/types';
import { confirmDone } from '../app/notices';
import { leaveGuard } from '../app/router';
import { t } from '../text/i18n';
import { dropDraft, keepDraft, keptDraft, sameFiles } from './code_draft';

interface Version { files: Files; etag: string }

export interface Code {
  files: readonly SourceFile[];
  dirty: boolean;
  busy: boolean;
  problem: Problem | undefined;
  /// The version somebody else saved, when ours was refused for it.
  conflict: Version | undefined;
  /// A draft of an earlier visit is shown.
  restored: boolean;
  /// Grows when the files are replaced from outside the editor.
  version: number;
  edit: (path: string, content: string) => void;
  add: (path: string) => void;
  remove: (path: string) => void;
  save: () => void;
  discard: () => void;
  takeTheirs: () => void;
  saveOver: () => void;
}

async function put(name: string, etag: string, files: readonly SourceFile[]) {
  const parameters = { path: { name }, header: { 'If-Match': etag } };
  return outcome(api.PUT('/functions/{name}/files', { params: parameters, body: { files: [...files] } }));
}

async function newest(name: string): Promise<Version | Problem> {
  const result = await outcome(api.GET('/functions/{name}/files', { params: { path: { name } } }));
  return result.ok ? { files: result.data, etag: result.etag } : result.problem;
}

/// Keeps the draft and the leave guard in step with what is unsaved.
function useUnsaved(name: string, dirty: boolean, etag: string, files: readonly SourceFile[]): void {
  // With what is shown, not a frame later: who reads "No unsaved changes" is not held back.
  useLayoutEffect(() => leaveGuard(dirty), [dirty]);
  useLayoutEffect(() => () => leaveGuard(false), []);
  useEffect(() => {
    if (dirty) keepDraft(name, etag, files);
    else dropDraft(name);
  }, [name, dirty, etag, files]);
}

function useSaving(name: string, stored: (version: Version) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [conflict, setConflict] = useState<Version | undefined>(undefined);
  const save = async (etag: string, files: readonly SourceFile[]) => {
    setBusy(true);
    const result = await put(name, etag, files);
    setConflict(undefined);
    setProblem(undefined);
    if (result.ok) {
      stored({ files: result.data, etag: result.etag });
      confirmDone(t('code.done'));
    } else if (result.problem.status === 412) {
      const theirs = await newest(name);
      if ('files' in theirs) setConflict(theirs);
      else setProblem(theirs);
    } else {
      setProblem(result.problem);
    }
    setBusy(false);
  };
  return { busy, problem, conflict, save, settle: () => setConflict(undefined) };
}

export function useCode(name: string, files: Files, etag: string): Code {
  const [base, setBase] = useState<Version>({ files, etag });
  const [draft] = useState(() => keptDraft(name, etag));
  const [edited, setEdited] = useState<readonly SourceFile[]>(draft ?? files.files);
  const [version, setVersion] = useState(0);
  const saving = useSaving(name, setBase);
  const dirty = !sameFiles(edited, base.files.files);
  useUnsaved(name, dirty, base.etag, edited);
  const replace = (next: readonly SourceFile[]) => { setEdited(next); setVersion((old) => old + 1); };
  const save = (from: string) => { if (!saving.busy) void saving.save(from, edited); };
  return {
    files: edited, dirty, busy: saving.busy, problem: saving.problem, conflict: saving.conflict,
    restored: draft !== undefined && dirty && version === 0, version,
    edit: (path, content) => setEdited((old) => old.map((file) => file.path === path ? { path, content } : file)),
    add: (path) => setEdited((old) => [...old, { path, content: '' }]),
    remove: (path) => setEdited((old) => old.filter((file) => file.path !== path)),
    save: () => { if (dirty) save(base.etag); },
    discard: () => replace(base.files.files),
    takeTheirs: () => {
      if (!saving.conflict) return;
      setBase(saving.conflict);
      replace(saving.conflict.files.files);
      saving.settle();
    },
    saveOver: () => { if (saving.conflict) save(saving.conflict.etag); },
  };
}
