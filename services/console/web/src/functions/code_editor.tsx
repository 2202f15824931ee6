// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FaultLine } from '../text/fault_line';
import { t } from '../text/i18n';
import { Loading, NotLoaded } from '../ui/states';
import type { Editor } from './editor';

interface Props {
  path: string;
  content: string;
  readOnly: boolean;
  fault: FaultLine | undefined;
  changed: (content: string) => void;
  save: () => void;
}

/// Contract: made anew (by its key) to show another file or other content from the server.
export function CodeEditor({ path, content, readOnly, fault, changed, save }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const calls = useRef({ changed, save });
  calls.current = { changed, save };
  const editor = useRef<Editor | undefined>(undefined);
  const shown = useRef(fault);
  shown.current = fault;
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  useEffect(() => {
    let gone = false;
    import('./editor').then(({ openEditor }) => {
      if (gone || !place.current) return;
      editor.current = openEditor(place.current, {
        path, content, readOnly, fault: shown.current, label: t('code.editor', { path }),
        changed: (next) => calls.current.changed(next), save: () => calls.current.save(),
      });
      setState('ready');
    }, () => setState('failed'));
    return () => { gone = true; editor.current?.close(); editor.current = undefined; };
    // `content` is what it begins with; from then on the editor owns the text.
  }, []);
  const line = fault?.line;
  const text = fault?.text;
  useEffect(() => editor.current?.mark(shown.current), [line, text]);
  return (
    <div class="editor">
      {state === 'loading' && <Loading what={t('code.loading')} />}
      {state === 'failed' && <NotLoaded />}
      <div class="editor-place" ref={place} />
    </div>
  );
}
