// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { changed, compareSeq, isBehind, latest, noRows, reaches, rows_max, type LiveRows } from '../src/stream/live_rows';
import { row, rows } from './rows';

const loaded = (from: number, to: number): LiveRows => changed(noRows, { kind: 'loaded', rows: rows(from, to) });
const seqs = (state: LiveRows) => state.rows.map((item) => Number(item.seq));

describe('live rows', () => {
  it('puts what arrives on top', () => {
    const state = changed(loaded(3, 1), { kind: 'arrived', rows: [row(4), row(5)] });
    expect(seqs(state)).toEqual([5, 4, 3, 2, 1]);
  });

  it('shows an event once though it came from the history and the stream', () => {
    expect(seqs(changed(loaded(3, 1), { kind: 'arrived', rows: [row(3), row(4)] }))).toEqual([4, 3, 2, 1]);
  });

  it('takes the newer state of an event that came again', () => {
    const again = row(3, { deliveries: { matched: 1, delivered: 1, failed: 0, pending: 0 } });
    expect(changed(loaded(3, 1), { kind: 'arrived', rows: [again] }).rows[0]?.deliveries.delivered).toBe(1);
  });

  it('keeps the newest thousand', () => {
    const state = changed(loaded(1000, 1), { kind: 'arrived', rows: [row(1001)] });
    expect(state.rows).toHaveLength(rows_max);
    expect(seqs(state).at(-1)).toBe(2);
  });

  it('counts while paused and leaves the rows alone', () => {
    const paused = changed(loaded(3, 1), { kind: 'paused' });
    const state = changed(changed(paused, { kind: 'arrived', rows: [row(4), row(5)] }), { kind: 'dropped', n: 7 });
    expect(state.waiting).toBe(9);
    expect(seqs(state)).toEqual([3, 2, 1]);
    expect(isBehind(state)).toBe(false);
  });

  it('does not count an event it already shows', () => {
    expect(changed(changed(loaded(3, 1), { kind: 'paused' }), { kind: 'arrived', rows: [row(3)] }).waiting).toBe(0);
  });

  it('is behind after a pause in which something came, and not after an empty one', () => {
    const paused = changed(loaded(3, 1), { kind: 'paused' });
    expect(isBehind(changed(paused, { kind: 'resumed' }))).toBe(false);
    expect(isBehind(changed(changed(paused, { kind: 'arrived', rows: [row(4)] }), { kind: 'resumed' }))).toBe(true);
  });

  it('is whole again after the history was read', () => {
    let state = changed(loaded(3, 1), { kind: 'paused' });
    state = changed(state, { kind: 'arrived', rows: rows(9, 4) });
    state = changed(state, { kind: 'resumed' });
    state = changed(state, { kind: 'arrived', rows: [row(10)] });
    state = changed(state, { kind: 'backfilled', rows: rows(9, 2), gaps: state.gaps });
    expect(seqs(state)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(isBehind(state)).toBe(false);
    expect(state).toMatchObject({ dropped: 0, waiting: 0 });
  });

  it('is behind when the server left events out or lost the place', () => {
    const state = changed(loaded(3, 1), { kind: 'dropped', n: 5 });
    expect(state.dropped).toBe(5);
    expect(isBehind(state)).toBe(true);
    expect(isBehind(changed(loaded(3, 1), { kind: 'resync' }))).toBe(true);
  });

  // ui-trial 1
  it('turns a row from waiting to delivered when it is told so', () => {
    const waiting = { matched: 1, delivered: 0, failed: 0, pending: 1 };
    const done = { matched: 1, delivered: 1, failed: 0, pending: 0 };
    const state = changed(noRows, { kind: 'loaded', rows: [row(2, { deliveries: waiting }), row(1, { deliveries: waiting })] });
    const told = changed(state, { kind: 'delivered', standings: new Map([['2', done], ['9', done]]) });
    expect(told.rows.map((item) => item.deliveries.delivered)).toEqual([1, 0]);
    expect(changed(state, { kind: 'delivered', standings: new Map([['9', done]]) }), 'nothing to draw').toBe(state);
    const paused = changed(changed(state, { kind: 'paused' }), { kind: 'delivered', standings: new Map([['1', done]]) });
    expect(paused.rows[1]?.deliveries, 'also while paused').toEqual(done);
  });

  it('does not let an older answer of the history make a delivered row wait again', () => {
    const waiting = { matched: 1, delivered: 0, failed: 0, pending: 1 };
    const done = { matched: 1, delivered: 1, failed: 0, pending: 0 };
    const state = changed(noRows, { kind: 'loaded', rows: [row(1, { deliveries: done })] });
    const read = changed(state, { kind: 'backfilled', rows: [row(1, { deliveries: waiting })], gaps: 0 });
    expect(read.rows[0]?.deliveries).toEqual(done);
    expect(latest(row(1, { deliveries: waiting }), done).deliveries).toEqual(done);
    expect(latest(row(1, { deliveries: done }), waiting).deliveries).toEqual(done);
  });

  it('reads back to the oldest row that waits when changes may have been missed', () => {
    const waiting = { matched: 1, delivered: 0, failed: 0, pending: 1 };
    const state = changed(noRows, { kind: 'loaded', rows: [row(5), row(4), row(3, { deliveries: waiting }), row(2)] });
    expect(changed(state, { kind: 'resync' }).from).toBe('3');
    expect(changed(loaded(5, 1), { kind: 'resync' }).from).toBe('5');
  });

  it('is still behind when more went missing while the history was read', () => {
    const first = changed(loaded(3, 1), { kind: 'dropped', n: 5 });
    const second = changed(first, { kind: 'dropped', n: 2 });
    const later = changed(second, { kind: 'arrived', rows: [row(11)] });
    const state = changed(later, { kind: 'backfilled', rows: rows(8, 4), gaps: first.gaps });
    expect(state.from, 'rows that came since do not hide the gap').toBe('3');
    expect(isBehind(state)).toBe(true);
    expect(isBehind(changed(state, { kind: 'backfilled', rows: rows(10, 9), gaps: second.gaps }))).toBe(false);
  });

  it('compares places as numbers, also beyond what a number can hold', () => {
    expect(compareSeq('9', '10')).toBeLessThan(0);
    expect(compareSeq('9007199254740993', '9007199254740992')).toBeGreaterThan(0);
    expect(compareSeq('42', '42')).toBe(0);
  });

  it('knows when a page of the history reaches what is shown', () => {
    expect(reaches(rows(9, 4), '3')).toBe(false);
    expect(reaches(rows(9, 3), '3')).toBe(true);
    expect(reaches([], '3')).toBe(true);
  });
});
