// SPDX-License-Identifier: Apache-2.0
import type { Rates } from '../api/types';

/// The series with a null for every step that has no point: "no data" is a gap, not a zero.
export function series({ stepSeconds, points }: Rates): (number | null)[][] {
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
  return columns;
}
