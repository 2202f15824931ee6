// SPDX-License-Identifier: Apache-2.0
// Finds the place in what an interpreter says of code that does not load.

export interface FaultLine { path: string; line: number; text: string }

// Python: `(handler.py, line 3)`, `File "/x/handler.py", line 3`, `handler.py line 3`; shells: `handler.sh: line 3`, `handler.ps1 line 3`.
const places = [/\(([\w.-]+), line (\d+)\)/, /File "(?:[^"]*\/)?([\w.-]+)", line (\d+)/, /([\w-]+\.\w+):? line (\d+)/];

export function faultLine(cause: string): FaultLine | undefined {
  for (const place of places) {
    const [, path, line] = place.exec(cause) ?? [];
    if (path !== undefined && line !== undefined && Number(line) > 0) return { path, line: Number(line), text: cause };
  }
  return undefined;
}
