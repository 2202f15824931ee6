// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';
import { functionsGone, functionsSeen } from '../stream/stream';

/// Calls `reload` when the stream says that the function has changed or is gone. What was told before
/// is what the page was loaded with.
export function useToldOfFunction(name: string, reload: () => Promise<void>): void {
  const told = functionsSeen.value.get(name);
  const gone = functionsGone.value.has(name);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) void reload();
    first.current = false;
  }, [told, gone, reload]);
}
