// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';

export interface Column<T> {
  key: string;
  head: string;
  cell: (row: T) => ComponentChildren;
  class?: string;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  rowClass?: (row: T) => string;
}

/// A table that becomes a list of cards on narrow screens. The roles are spelled out because
/// browsers take them from a table whose `display` was changed.
export function Table<T>({ label, columns, rows, keyOf, rowClass }: Props<T>) {
  return (
    <table class="grid" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => <th key={column.key} class={column.class} scope="col" role="columnheader">{column.head}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} class={rowClass?.(row)} role="row">
            {columns.map((column) => (
              <td key={column.key} class={column.class} data-label={column.head} role="cell"><span class="cell">{column.cell(row)}</span></td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
