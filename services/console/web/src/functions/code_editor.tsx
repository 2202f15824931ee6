// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../text/i18n';
import { Loading, NotLoaded } from '../ui/states';

interface Props {
  path: string;
  content: string;
  readOnly: boolean;
  changed: (content: string) => void;
  save: () => void;
}

/// Contract: made anew (by its key) to show another file or other content from the server.
export function CodeEditor({ path, content, readOnly, changed, save }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const calls = useRef({ changed, save });
  calls.current = { changed, save };
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  useEffect(() => {
    let gone = false;
    let close = () => {};
    import('./editor').then(({ openEditor }) => {
      if (gone || !place.current) return;
      close = openEditor(place.current, {
        path, content, readOnly, label: t('code.editor', { path }),
        changed: (next) => calls.current.changed(next), save: () => calls.current.save(),
      });
      setState('ready');
    }, () => setState('failed'));
    return () => { gone = true; close(); };
    // `content` is what it begins with; from then on the editor owns the text.
  }, []);
  return (
    <div class="editor">
      {state === 'loading' && <Loading what={t('code.loading')} />}
      {state === 'failed' && <NotLoaded />}
      <div class="editor-place" ref={place} />
    </div>
  );
}
