// SPDX-License-Identifier: Apache-2.0
// The only place that talks to the API; every answer is data or a problem, never an exception.
import { signal } from '@preact/signals';
import createClient, { type Middleware } from 'openapi-fetch';
import { t } from '../text/i18n';
import type { paths } from './schema';
import type { Problem } from './types';

export type Outcome<T> = { ok: true; data: T; etag: string } | { ok: false; problem: Problem };

/// Set when an answer said that the session is over; the sign-in dialog watches it.
export const signedOut = signal<'no' | 'required' | 'expired'>('no');
/// False while the console itself does not answer.
export const reachable = signal(true);

const timeout_ms = 20_000;
const client = createClient<paths>({
  baseUrl: '/api/v1',
  headers: { 'X-Requested-With': 'millrace' },
  credentials: 'same-origin',
});

/// Gives up after this time.
export function deadline(limit_ms: number): Middleware {
  return {
    onRequest: ({ request }) => {
      const headers = new Headers(request.headers);
      if (request.method !== 'GET' && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
      const signals = [request.signal, AbortSignal.timeout(limit_ms)];
      return new Request(request, { headers, signal: AbortSignal.any(signals) });
    },
  };
}
client.use(deadline(timeout_ms));
export const api = client;

/// Header of requests the page makes on its own, which must not keep a session alive.
export const background = { header: { 'X-Millrace-Background': '1' } } as const;

function unreachable(error: unknown): Problem {
  const late = error instanceof DOMException && error.name === 'TimeoutError';
  return {
    type: 'about:blank', status: 503, code: late ? 'network.timeout' : 'network.unreachable',
    title: t('problem.network.title'), detail: late ? t('problem.network.timeout') : t('problem.network.detail'),
  };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'title' in value && 'code' in value;
}

function problemOf(error: unknown, response: Response): Problem {
  if (isProblem(error)) return error;
  return {
    type: 'about:blank', status: response.status, code: 'unexpected',
    title: t('problem.unexpected.title'), detail: t('problem.unexpected.detail', { status: String(response.status) }),
  };
}

interface Answer<T> { data?: T; error?: unknown; response: Response }
/// Of a call with `parseAs: 'text'`.
export type TextAnswer = Answer<string>;

function note(problem: Problem): void {
  if (problem.status !== 401) return;
  if (problem.code === 'session.expired') signedOut.value = 'expired';
  if (problem.code === 'session.required') signedOut.value = 'required';
}

/// Turns a call of `api` into an outcome. An aborted call gives the problem code `network.aborted`.
export async function outcome<T>(call: Promise<Answer<T>>): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call;
    reachable.value = true;
    if (response.ok) return { ok: true, data: data as T, etag: response.headers.get('ETag') ?? '' };
    const problem = problemOf(error, response);
    note(problem);
    return { ok: false, problem };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      return { ok: false, problem: { ...unreachable(error), code: 'network.aborted' } };
    }
    reachable.value = false;
    return { ok: false, problem: unreachable(error) };
  }
}
