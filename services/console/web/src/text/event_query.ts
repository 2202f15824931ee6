// SPDX-License-Identifier: Apache-2.0
// What the Events page shows is in its address, so that it can be bookmarked and sent to others.

export interface EventQuery {
  q: string;
  type: string;
  subject: string;
  source: string;
  vmname: string;
  hostname: string;
  username: string;
  /// "", delivered, failed, pending or unmatched.
  outcome: string;
  function: string;
  from: string;
  to: string;
  live: boolean;
}

export const everything: EventQuery = {
  q: '', type: '', subject: '', source: '', vmname: '', hostname: '', username: '', outcome: '', function: '', from: '', to: '', live: true,
};
export const outcomes = ['delivered', 'failed', 'pending', 'unmatched'] as const;
const texts = ['q', 'type', 'subject', 'source', 'vmname', 'hostname', 'username', 'outcome', 'function', 'from', 'to'] as const;

/// What becomes of an event is not known when it arrives, and an end in the past is over.
function canBeLive(query: EventQuery): boolean {
  return query.to === '' && query.outcome === '' && query.function === '';
}

/// Unknown parameters are left out; a search that ends in the past, or for an outcome, is never live.
export function parseQuery(search: string): EventQuery {
  const parameters = new URLSearchParams(search);
  const query = { ...everything };
  for (const name of texts) query[name] = (parameters.get(name) ?? '').trim();
  if (!(outcomes as readonly string[]).includes(query.outcome)) query.outcome = '';
  query.live = parameters.get('live') !== '0' && canBeLive(query);
  return query;
}

/// The shortest address for `query`: "" or "?q=…"; what is default is not written.
export function printQuery(query: EventQuery): string {
  const parameters = new URLSearchParams();
  for (const name of texts) if (query[name] !== '') parameters.set(name, query[name]);
  if (!query.live && canBeLive(query)) parameters.set('live', '0');
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

export function isFiltered(query: EventQuery): boolean {
  return texts.some((name) => query[name] !== '');
}

/// What is set, as the API's parameters.
export function parametersOf(query: EventQuery): Record<string, string> {
  return Object.fromEntries(texts.map((name) => [name, query[name]] as const).filter(([, value]) => value !== ''));
}

/// True when the begin lies behind the end: no event can match.
export function isBackwards({ from, to }: EventQuery): boolean {
  return from !== '' && to !== '' && Date.parse(from) >= Date.parse(to);
}

/// The words of `q` and what stands in quotes, all of which must occur in a row's text for it to be
/// shown live.
export function wordsMatch(q: string, text: string): boolean {
  const low = text.toLowerCase();
  const pieces = q.toLowerCase().match(/"[^"]*"?|\S+/g) ?? [];
  return pieces.every((piece) => low.includes(piece.replaceAll('"', '').trim()));
}
