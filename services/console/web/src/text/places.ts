// SPDX-License-Identifier: Apache-2.0
// Where a fault is, in words: the API says it as a pointer into the request (RFC 6901).
import { maybe, t } from './i18n';

function unescaped(part: string): string {
  return part.replace(/~1/g, '/').replace(/~0/g, '~');
}

/// "/triggers/0/attributes/1/value" as "Trigger 1, condition 2, value"; "" for the whole request.
export function placeInWords(pointer: string): string {
  const parts = pointer.split('/').slice(1).map(unescaped);
  const words: string[] = [];
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i] ?? '';
    const next = parts[i + 1];
    if (next !== undefined && /^\d+$/.test(next) && maybe(`place.${part}.n`)) {
      words.push(t(`place.${part}.n` as 'place.items.n', { n: Number(next) + 1 }));
      i += 1;
    } else if (next !== undefined && maybe(`place.${part}.named`)) {
      words.push(t(`place.${part}.named` as 'place.env.named', { name: next }));
      i += 1;
    } else {
      words.push(maybe(`place.${part}`) ?? part);
    }
  }
  const text = words.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
