// SPDX-License-Identifier: Apache-2.0
// What the Events page shows is in its address, so that it can be bookmarked and sent to others.

export interface EventQuery {
  q: string;
  type: string;
  subject: string;
  source: string;
  from: string;
  to: string;
  live: boolean;
}

export const everything: EventQuery = { q: '', type: '', subject: '', source: '', from: '', to: '', live: true };
const texts = ['q', 'type', 'subject', 'source', 'from', 'to'] as const;

/// Unknown parameters are left out; a search that ends in the past is never live.
export function parseQuery(search: string): EventQuery {
  const parameters = new URLSearchParams(search);
  const query = { ...everything };
  for (const name of texts) query[name] = (parameters.get(name) ?? '').trim();
  query.live = parameters.get('live') !== '0' && query.to === '';
  return query;
}

/// The shortest address for `query`: "" or "?q=…"; what is default is not written.
export function printQuery(query: EventQuery): string {
  const parameters = new URLSearchParams();
  for (const name of texts) if (query[name] !== '') parameters.set(name, query[name]);
  if (!query.live && query.to === '') parameters.set('live', '0');
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

export function isFiltered(query: EventQuery): boolean {
  return texts.some((name) => query[name] !== '');
}

/// The words of `q`, all of which must occur in a row's text for it to be shown live.
export function wordsMatch(q: string, text: string): boolean {
  const low = text.toLowerCase();
  return q.toLowerCase().split(/\s+/).every((word) => low.includes(word));
}
