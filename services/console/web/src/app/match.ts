// SPDX-License-Identifier: Apache-2.0

/// The parts of `/functions/:name/:tab` for a path of that shape; undefined for another.
export function matched(pattern: string, actual: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const parts = actual.replace(/\/+$/, '').split('/');
  if (wanted.length !== Math.max(parts.length, 2)) return undefined;
  const found: Record<string, string> = {};
  for (const [i, piece] of wanted.entries()) {
    const part = parts[i] ?? '';
    if (piece.startsWith(':')) found[piece.slice(1)] = decoded(part);
    else if (piece !== part) return undefined;
  }
  return found;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone "%" in an address typed by hand
  }
}
