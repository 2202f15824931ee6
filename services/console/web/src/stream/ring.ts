// SPDX-License-Identifier: Apache-2.0

/// `lines` with `more` behind them, the oldest dropped beyond `max`.
export function appended<T>(lines: readonly T[], more: readonly T[], max: number): readonly T[] {
  if (more.length === 0) return lines;
  if (more.length >= max) return more.slice(more.length - max);
  const keep = Math.max(0, max - more.length);
  return [...lines.slice(Math.max(0, lines.length - keep)), ...more];
}
