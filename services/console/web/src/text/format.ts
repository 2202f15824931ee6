// SPDX-License-Identifier: Apache-2.0
import { locale, t } from './i18n';

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const dayAndClock = new Intl.DateTimeFormat(locale, {
  month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});
const full = new Intl.DateTimeFormat(locale, {
  dateStyle: 'full', timeStyle: 'long', hourCycle: 'h23',
});
const number = new Intl.NumberFormat(locale);
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });

/// Today's times without the day, others with it; an unreadable time as it came.
export function shortTime(iso: string, now: Date): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return at.toDateString() === now.toDateString() ? clock.format(at) : dayAndClock.format(at);
}

/// The time of day alone, for lines that stand in their order anyway.
export function clockTime(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : clock.format(at);
}

export function fullTime(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : full.format(at);
}

const steps: [limit_s: number, unit_s: number, key: 'ago.seconds' | 'ago.minutes' | 'ago.hours' | 'ago.days'][] = [
  [60, 1, 'ago.seconds'], [3600, 60, 'ago.minutes'], [86_400, 3600, 'ago.hours'], [Infinity, 86_400, 'ago.days'],
];

/// "12 seconds ago"; a time up to 5 s ahead (clocks differ) is "just now".
export function ago(iso: string, now: Date): string {
  const at = new Date(iso).getTime();
  if (Number.isNaN(at)) return iso;
  const seconds = Math.round((now.getTime() - at) / 1000);
  if (seconds < -5) return fullTime(iso);
  if (seconds < 5) return t('ago.now');
  for (const [limit, unit, key] of steps) {
    if (seconds < limit) return t(key, { n: Math.floor(seconds / unit) });
  }
  return fullTime(iso);
}

export function milliseconds(ms: number): string {
  if (ms < 1000) return t('duration.ms', { n: Math.round(ms) });
  if (ms < 60_000) return t('duration.seconds', { s: (ms / 1000).toFixed(ms < 10_000 ? 1 : 0) });
  return t('duration.minutes', { m: Math.floor(ms / 60_000), s: Math.round((ms % 60_000) / 1000) });
}

export function grouped(n: number): string {
  return number.format(n);
}

/// 1234567 as "1.2M": for figures on tiles.
export function rounded(n: number): string {
  return n < 10_000 ? number.format(n) : compact.format(n);
}

/// The local value of `<input type="datetime-local">` for an instant, and back; empty for none.
export function toLocalInput(iso: string): string {
  const at = new Date(iso);
  if (iso === '' || Number.isNaN(at.getTime())) return '';
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function fromLocalInput(value: string): string {
  const at = new Date(value);
  return value === '' || Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

const byte_units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/// "1.4 GiB", with three digits at most.
export function byteSize(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), byte_units.length - 1);
  const n = bytes / 1024 ** step;
  return `${n.toFixed(step === 0 || n >= 100 ? 0 : 1)} ${byte_units[step] ?? ''}`;
}
