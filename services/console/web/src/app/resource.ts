// SPDX-License-Identifier: Apache-2.0
// Loading as a hook: data, problem and "loading" are three states that pages show differently.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { signedOut, type Outcome } from '../api/client';
import type { Problem } from '../api/types';

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  etag: string;
  loading: boolean;
  reload: () => Promise<void>;
  /// Shows a newer value that another call returned.
  replace: (data: T, etag?: string) => void;
}

interface State<T> { data: T | undefined; problem: Problem | undefined; etag: string; loading: boolean }

/// Calls `load` when `key` changes, and each `every` milliseconds (0 = never) while the page is visible. A later answer
/// never overwrites a newer one; a failed poll keeps the last data and reports the problem.
export function useResource<T>(key: string, load: () => Promise<Outcome<T>>, every: number | ((data: T | undefined) => number) = 0): Loaded<T> {
  const [state, setState] = useState<State<T>>({ data: undefined, problem: undefined, etag: '', loading: true });
  const newest = useRef(0);
  const loader = useRef(load);
  loader.current = load;

  const reload = useCallback(async () => {
    const turn = newest.current += 1;
    setState((old) => ({ ...old, loading: true }));
    const result = await loader.current();
    if (turn !== newest.current) return;
    setState((old) => result.ok
      ? { data: result.data, problem: undefined, etag: result.etag, loading: false }
      : { ...old, problem: result.problem, loading: false });
  }, []);

  useEffect(() => {
    setState({ data: undefined, problem: undefined, etag: '', loading: true });
    void reload();
    return () => { newest.current += 1; };
  }, [key, reload]);

  // What the end of a session kept from loading is loaded after the next sign-in.
  const refused = state.problem?.code.startsWith('session.') ?? false;
  const over = signedOut.value !== 'no';
  useEffect(() => { if (refused && !over) void reload(); }, [refused, over, reload]);

  const every_ms = typeof every === 'function' ? every(state.data) : every;
  useEffect(() => {
    if (every_ms === 0) return undefined;
    const timer = setInterval(() => { if (!document.hidden) void reload(); }, every_ms);
    return () => clearInterval(timer);
  }, [every_ms, key, reload]);

  const replace = useCallback((data: T, etag = '') => {
    newest.current += 1;
    setState((old) => ({ data, problem: undefined, etag: etag === '' ? old.etag : etag, loading: false }));
  }, []);
  return { ...state, reload, replace };
}
