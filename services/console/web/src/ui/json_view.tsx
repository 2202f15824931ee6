// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { visible } from '../text/visible';

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

interface Piece { text: string; kind: string }

/// Cuts printed JSON into pieces to colour; their texts together are the input.
export function pieces(json: string): Piece[] {
  const result: Piece[] = [];
  let end = 0;
  for (const match of json.matchAll(token)) {
    if (match.index > end) result.push({ text: json.slice(end, match.index), kind: '' });
    const [whole, string, colon, word] = match;
    let kind = 'number';
    if (string !== undefined) kind = colon !== undefined ? 'key' : 'string';
    else if (word !== undefined) kind = 'word';
    result.push({ text: whole, kind });
    end = match.index + whole.length;
  }
  result.push({ text: json.slice(end), kind: '' });
  return result;
}

/// JSON that is printed already, coloured.
export function JsonText({ text, label }: { text: string; label: string }) {
  const parts = useMemo(() => pieces(text), [text]);
  return (
    <pre class="json" tabIndex={0} role="group" aria-label={label}>
      {parts.map((part, i) => part.kind === '' ? part.text : <span key={i} class={`json-${part.kind}`}>{visible(part.text)}</span>)}
    </pre>
  );
}

export function JsonView({ value, label }: { value: unknown; label: string }) {
  return <JsonText text={useMemo(() => JSON.stringify(value, null, 2), [value])} label={label} />;
}
