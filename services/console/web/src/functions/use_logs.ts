// SPDX-License-Identifier: Apache-2.0
// Follows a function's log over an EventSource of its own, which is closed while the tab is hidden.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { loadSession } from '../app/session';
import { signedOut } from '../api/client';
import type { LogLine } from '../api/types';
import { appended } from '../stream/ring';

export const lines_max = 2000;
const tail = 500;
const draw_ms = 200;

export interface NumberedLine extends LogLine { n: number }
export interface Logs {
  lines: readonly NumberedLine[];
  state: 'connecting' | 'open' | 'lost' | 'hidden';
  /// Lines the server left out because they came too fast.
  dropped: number;
  clear: () => void;
}

interface Handlers { opened: () => void; line: (line: LogLine) => void; dropped: (n: number) => void; lost: () => void }

function follow(name: string, handlers: Handlers): EventSource {
  const source = new EventSource(`/api/v1/functions/${encodeURIComponent(name)}/logs/stream?tail=${tail}`);
  source.onopen = handlers.opened;
  source.onerror = () => {
    handlers.lost();
    if (source.readyState === EventSource.CLOSED) void loadSession();
  };
  source.addEventListener('log', (event) => handlers.line(JSON.parse((event as MessageEvent<string>).data) as LogLine));
  source.addEventListener('dropped', (event) => handlers.dropped((JSON.parse((event as MessageEvent<string>).data) as { n: number }).n));
  source.addEventListener('end', () => { source.close(); signedOut.value = 'expired'; });
  return source;
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const change = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', change);
    return () => document.removeEventListener('visibilitychange', change);
  }, []);
  return visible;
}

export function useLogs(name: string): Logs {
  const [lines, setLines] = useState<readonly NumberedLine[]>([]);
  const [state, setState] = useState<Logs['state']>('connecting');
  const [dropped, setDropped] = useState(0);
  const waiting = useRef<NumberedLine[]>([]);
  const count = useRef(0);
  const seen = useVisible();

  useEffect(() => {
    const timer = setInterval(() => {
      if (waiting.current.length === 0) return;
      const more = waiting.current;
      waiting.current = [];
      setLines((old) => appended(old, more, lines_max));
    }, draw_ms);
    return () => clearInterval(timer);
  }, []);

  useEffect(() => {
    if (!seen) {
      setState('hidden');
      return undefined;
    }
    setState('connecting');
    const source = follow(name, {
      // A new connection begins with the newest lines again, so what is shown is replaced.
      opened: () => { waiting.current = []; setLines([]); setDropped(0); setState('open'); },
      line: (line) => {
        count.current += 1;
        waiting.current.push({ ...line, n: count.current });
        if (waiting.current.length > lines_max) waiting.current.shift();
      },
      dropped: (n) => setDropped((old) => old + n),
      lost: () => setState('lost'),
    });
    return () => source.close();
  }, [name, seen]);

  const clear = useCallback(() => { waiting.current = []; setLines([]); }, []);
  return { lines, state, dropped, clear };
}
