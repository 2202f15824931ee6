// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';
import { functionsGone, functionsSeen } from '../stream/stream';

const leaving = new Set<string>();

/// Does `work`, the deletion of a function and leaving its page: what the stream tells of it meanwhile
/// is no news here, and asking for it could only be answered that there is none.
export async function whileLeaving(name: string, work: () => Promise<void>): Promise<void> {
  leaving.add(name);
  await work();
  leaving.delete(name);
}

/// Calls `reload` when the stream says that the function has changed or is gone. What was told before
/// is what the page was loaded with.
export function useToldOfFunction(name: string, reload: () => Promise<void>): void {
  const told = functionsSeen.value.get(name);
  const gone = functionsGone.value.has(name);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && !leaving.has(name)) void reload();
    first.current = false;
  }, [name, told, gone, reload]);
}
