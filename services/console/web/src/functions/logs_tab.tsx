// SPDX-License-Identifier: Apache-2.0
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { announceNow } from '../app/announce';
import { clockTime, fullTime } from '../text/format';
import { t } from '../text/i18n';
import { logText, visible } from '../text/visible';
import { CheckField, TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Empty, Loading, Note } from '../ui/states';
import { useLogs, type NumberedLine } from './use_logs';

const near_px = 40;

/// Above the lines of one call: which event it was for.
function CallHead({ id }: { id: string }) {
  return <p class="log-call"><a href={`/events?live=0&q=${encodeURIComponent(`"${id}"`)}`}><Icon name="events" size={12} /> {t('logs.event', { id: visible(id) })}</a></p>;
}

function beginsCall(line: NumberedLine, above: NumberedLine | undefined): boolean {
  return (line.eventId ?? '') !== '' && line.eventId !== above?.eventId;
}

/// `again`: time and stream are those of the line above; narrow screens leave them out.
function LineView({ line, again }: { line: NumberedLine; again: boolean }) {
  return (
    <div class={`log-line log-${line.stream} ${again ? 'log-again' : ''}`}>
      <span class="log-time" title={fullTime(line.at)}>{clockTime(line.at)}</span>
      <span class="log-stream">{t(`logs.stream.${line.stream}`)}</span>
      <span class="log-text">{logText(line.text)}</span>
    </div>
  );
}

function sameHead(line: NumberedLine, above: NumberedLine | undefined): boolean {
  return above?.stream === line.stream && above.eventId === line.eventId && clockTime(above.at) === clockTime(line.at);
}

/// Stays at the newest line until one scrolls up, and again from when one scrolls down.
function useFollowEnd(lines: readonly NumberedLine[], on: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const onScroll = () => {
    const element = box.current;
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < near_px;
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (element && on && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines, on]);
  return { box, onScroll };
}

interface BarProps { text: string; setText: (text: string) => void; wrap: boolean; setWrap: (on: boolean) => void; paused: boolean; pause: () => void; clear: () => void; newer: number }

function LogBar({ text, setText, wrap, setWrap, paused, pause, clear, newer }: BarProps) {
  return (
    <div class="log-bar">
      <TextField type="search" label={t('logs.filter')} value={text} change={setText} />
      <CheckField label={t('logs.wrap')} checked={wrap} change={setWrap} />
      <span class="log-buttons">
        <span class="muted" role="status">{paused ? t('live.paused', { n: newer }) : ''}</span>
        <button type="button" class="btn btn-sm btn-outline" aria-pressed={paused} onClick={pause}>
          <Icon name={paused ? 'play' : 'pause'} /> {paused ? t('live.resume') : t('live.pause')}
        </button>
        <button type="button" class="btn btn-sm btn-outline" onClick={clear}>{t('logs.clear')}</button>
      </span>
    </div>
  );
}

export function LogsTab({ name }: { name: string }) {
  const { lines, state, dropped, clear } = useLogs(name);
  const [held, setHeld] = useState<readonly NumberedLine[] | undefined>(undefined);
  const [text, setText] = useState('');
  const [wrap, setWrap] = useState(true);
  const wanted = text.toLowerCase();
  const source = held ?? lines;
  const shown = wanted === '' ? source : source.filter((line) => line.text.toLowerCase().includes(wanted));
  const { box, onScroll } = useFollowEnd(shown, held === undefined);
  const newest = lines.at(-1)?.n ?? 0;
  useEffect(() => { if (newest > 0) announceNow(t('logs.announced'), performance.now()); }, [newest]);
  return (
    <>
      <LogBar text={text} setText={setText} wrap={wrap} setWrap={setWrap} paused={held !== undefined} clear={clear}
        pause={() => setHeld(held ? undefined : lines)} newer={held ? newest - (held.at(-1)?.n ?? 0) : 0} />
      {state === 'lost' && <Note tone="warning">{t('logs.lost')}</Note>}
      {dropped > 0 && <Note tone="info">{t('logs.dropped', { n: dropped })}</Note>}
      <div class={`log ${wrap ? 'log-wrap' : ''}`} ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-live="off" aria-label={t('logs.label', { name })}>
        {shown.map((line, i) => (
          <Fragment key={line.n}>
            {beginsCall(line, shown[i - 1]) && <CallHead id={line.eventId ?? ''} />}
            <LineView line={line} again={sameHead(line, shown[i - 1])} />
          </Fragment>
        ))}
        {shown.length === 0 && state === 'connecting' && <Loading />}
        {shown.length === 0 && state !== 'connecting' && (
          <Empty icon="terminal" title={wanted === '' ? t('logs.none') : t('logs.none.filtered')}><p>{t('logs.none.detail')}</p></Empty>
        )}
      </div>
    </>
  );
}
