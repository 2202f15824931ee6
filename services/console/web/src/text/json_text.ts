// SPDX-License-Identifier: Apache-2.0
// JSON as text: numbers keep every digit, which JSON.parse would round to 53 bits.

const token = /("(?:[^"\\]|\\.)*")|([{}[\],:])|(true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

interface Token { text: string; at: number; end: number }

/// Contract: `json` is JSON.
function tokens(json: string): Token[] {
  return [...json.matchAll(token)].map((match) => ({ text: match[0], at: match.index, end: match.index + match[0].length }));
}

function isOpening(text: string): boolean {
  return text === '{' || text === '[';
}

function isClosing(text: string): boolean {
  return text === '}' || text === ']';
}

/// The text of one member of the object `json`; undefined when it has no such member.
export function memberText(json: string, name: string): string | undefined {
  const all = tokens(json);
  let depth = 0;
  for (let i = 0; i < all.length; i += 1) {
    const { text } = all[i] ?? { text: '' };
    const isName = depth === 1 && all[i + 1]?.text === ':' && text.startsWith('"');
    if (isName && JSON.parse(text) === name) return valueText(json, all, i + 2);
    if (isOpening(text)) depth += 1;
    else if (isClosing(text)) depth -= 1;
  }
  return undefined;
}

function valueText(json: string, all: readonly Token[], first: number): string | undefined {
  const begin = all[first];
  if (!begin) return undefined;
  let depth = 0;
  for (let i = first; i < all.length; i += 1) {
    const { text = '', end = 0 } = all[i] ?? {};
    if (isOpening(text)) depth += 1;
    else if (isClosing(text)) depth -= 1;
    if (depth === 0) return json.slice(begin.at, end);
  }
  return undefined;
}

/// `json` on several lines, indented as JSON.stringify does with two spaces, its tokens as they are.
export function indented(json: string): string {
  const all = tokens(json);
  let depth = 0;
  let text = '';
  const line = () => `\n${'  '.repeat(depth)}`;
  all.forEach(({ text: one }, i) => {
    const next = all[i + 1]?.text ?? '';
    const before = all[i - 1]?.text ?? '';
    if (isOpening(one)) {
      text += one;
      depth += 1;
      if (!isClosing(next)) text += line();
    } else if (isClosing(one)) {
      depth -= 1;
      text += isOpening(before) ? one : line() + one;
    } else if (one === ',') {
      text += one + line();
    } else {
      text += one === ':' ? ': ' : one;
    }
  });
  return text;
}
