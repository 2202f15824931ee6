// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../text/i18n';
import { Loading } from '../ui/states';

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
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    let close = () => {};
    void import('./editor').then(({ openEditor }) => {
      if (gone || !place.current) return;
      close = openEditor(place.current, {
        path, content, readOnly, label: t('code.editor', { path }),
        changed: (next) => calls.current.changed(next), save: () => calls.current.save(),
      });
      setReady(true);
    });
    return () => { gone = true; close(); };
    // `content` is what it begins with; from then on the editor owns the text.
  }, []);
  return (
    <div class="editor">
      {!ready && <Loading what={t('code.loading')} />}
      <div class="editor-place" ref={place} />
    </div>
  );
}
