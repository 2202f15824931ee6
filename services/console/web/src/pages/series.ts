// SPDX-License-Identifier: Apache-2.0
import type { Rates } from '../api/types';

/// `points` without the newest step, which is still being counted and would look like a fall; with it
/// as long as there is nothing else to show.
export function counted({ points }: Rates): Rates['points'] {
  return (points.at(-2)?.received ?? 0) > 0 ? points.slice(0, -1) : points;
}

const shortest_seconds = 900;

/// `points` from shortly before anything happened, but a quarter of an hour at least: an hour of
/// nothing would press a young system's first minutes against the edge.
export function sinceFirst({ stepSeconds, points }: Pick<Rates, 'stepSeconds' | 'points'>): Rates['points'] {
  const busy = points.findIndex((point) => point.received + point.delivered + point.failed > 0);
  const latest = Math.max(0, points.length - Math.ceil(shortest_seconds / stepSeconds));
  return points.slice(Math.min(busy < 0 ? latest : Math.max(0, busy - 1), latest));
}

/// The series with a null for every step that has no point: "no data" is a gap, not a zero.
export function series(rates: Rates): (number | null)[][] {
  const { stepSeconds } = rates;
  const points = sinceFirst({ stepSeconds, points: counted(rates) });
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return [[], [], [], []];
  const start = Math.round(Date.parse(first.at) / 1000);
  const length = Math.round((Date.parse(last.at) / 1000 - start) / stepSeconds) + 1;
  const columns: (number | null)[][] = [[], [], [], []];
  for (let i = 0; i < length; i += 1) columns[0]?.push(start + i * stepSeconds);
  for (const column of columns.slice(1)) column.push(...Array.from({ length }, () => null));
  const perMinute = 60 / stepSeconds;
  for (const point of points) {
    const at = Math.round((Date.parse(point.at) / 1000 - start) / stepSeconds);
    const values = [point.received, point.delivered, point.failed];
    values.forEach((value, n) => {
      const column = columns[n + 1];
      if (column) column[at] = value * perMinute;
    });
  }
  // A red line along the axis would look like a failure: without failures there is none.
  if (points.every((point) => point.failed === 0)) columns[3]?.fill(null);
  return columns;
}
