// SPDX-License-Identifier: Apache-2.0
import type { Attempt, Clause, Verdict, Waiting } from '../api/types';
import { milliseconds } from '../text/format';
import { t } from '../text/i18n';
import { explain, plainError } from '../text/verdict';
import { visible } from '../text/visible';
import { Card } from '../ui/page';
import { Empty } from '../ui/states';
import { Status, type Tone } from '../ui/status';
import { Clock } from '../ui/time';

const unfolded_max = 4;

const tones: Record<NonNullable<Verdict['state']>, Tone> = {
  pending: 'info', delivered: 'success', failed: 'danger', deadLettered: 'danger',
};

function VerdictStatus({ verdict }: { verdict: Verdict }) {
  if (!verdict.matched) return <Status tone="neutral" icon="filter" word={t('verdict.notMatched')} />;
  const state = verdict.state ?? 'pending';
  if (state === 'pending' && verdict.attempts.length > 0) return <Status tone="warning" word={t('verdict.state.retrying')} />;
  return <Status tone={tones[state]} word={t(`verdict.state.${state}`)} />;
}

function Marked({ text, from }: { text: string; from: number }) {
  if (from < 0 || from >= text.length) return <>{visible(text)}</>;
  return <>{visible(text.slice(0, from))}<mark>{visible(text.slice(from))}</mark></>;
}

function ClauseView({ clause }: { clause: Clause }) {
  const { sentence, difference, hint } = explain(clause);
  return (
    <div class="clause">
      <p>{visible(sentence)}</p>
      {clause.attribute !== '' && <dl class="definition compact">
        <div><dt>{t('verdict.expected')}</dt><dd class="mono">{clause.expected === '' ? <em>{t('verdict.anyValue')}</em> : visible(clause.expected)}</dd></div>
        <div><dt>{t('verdict.actual')}</dt><dd class="mono">{clause.actual === null ? <em>{t('verdict.noAttribute')}</em> : <Marked text={clause.actual} from={difference} />}</dd></div>
      </dl>}
      {hint !== '' && <p class="field-hint">{hint}</p>}
    </div>
  );
}

function answerOf(attempt: Attempt): string {
  const status = attempt.status === null ? t('attempt.noAnswer') : t('attempt.status', { status: String(attempt.status) });
  const error = plainError(attempt.error);
  return error === '' ? status : `${status}: ${error}`;
}

function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <ol class="attempts" aria-label={t('attempt.list')}>
      {attempts.map((attempt) => {
        const good = attempt.error === '' && attempt.status !== null && attempt.status < 300;
        return (
          <li key={attempt.at}>
            <Status tone={good ? 'success' : 'danger'} word={visible(answerOf(attempt))} />
            <span class="muted"><Clock at={attempt.at} /> · {milliseconds(attempt.durationMs)}</span>
          </li>
        );
      })}
    </ol>
  );
}

/// The newest attempts; earlier ones, which mostly say the same, are folded away.
function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  const earlier = attempts.length > unfolded_max ? attempts.slice(0, 1 - unfolded_max) : [];
  return (
    <>
      {earlier.length > 0 && (
        <details class="details"><summary>{t('attempt.earlier', { n: earlier.length })}</summary><AttemptList attempts={earlier} /></details>
      )}
      <AttemptList attempts={attempts.slice(earlier.length)} />
    </>
  );
}

function Waits({ waiting, made }: { waiting: Waiting; made: number }) {
  const { reason, behind, nextAttemptAt, attemptsMax } = waiting;
  if (reason === 'order' && behind !== null) {
    return <p class="muted">{t('waiting.order')} <a href={`/events/${behind}`}>{t('waiting.behind', { seq: behind })}</a></p>;
  }
  if (reason === 'retry' && nextAttemptAt !== null) {
    return <p class="muted">{t('waiting.retry', { n: made + 1, max: attemptsMax })} <Clock at={nextAttemptAt} /></p>;
  }
  return <p class="muted">{t(reason === 'backlog' ? 'waiting.backlog' : 'waiting.active', { n: made + 1, max: attemptsMax })}</p>;
}

/// Where to go on: what ran left its log, what did not match has its filter among the triggers.
function hrefOf(verdict: Verdict): string {
  return `/functions/${verdict.function ?? ''}/${verdict.matched ? 'logs' : 'triggers'}`;
}

function VerdictItem({ verdict }: { verdict: Verdict }) {
  const name = verdict.function ?? verdict.trigger;
  return (
    <li class={`verdict ${verdict.matched ? '' : 'verdict-no'}`}>
      <div class="row">
        <span>
          {verdict.function === null ? <strong>{name}</strong> : <a href={hrefOf(verdict)}><strong>{name}</strong></a>}
          <span class="muted"> · {t('verdict.trigger', { name: verdict.trigger })}</span>
        </span>
        <VerdictStatus verdict={verdict} />
      </div>
      {!verdict.matched && verdict.clause && <ClauseView clause={verdict.clause} />}
      {!verdict.matched && !verdict.clause && verdict.reason !== '' && <p class="cause">{visible(verdict.reason)}</p>}
      {verdict.state === 'failed' && verdict.reason !== '' && <p class="cause">{visible(verdict.reason)}</p>}
      {verdict.matched && verdict.attempts.length > 0 && <Attempts attempts={verdict.attempts} />}
      {verdict.matched && verdict.attempts.length === 0 && <p class="muted">{t('attempt.none')}</p>}
      {verdict.waiting && <Waits waiting={verdict.waiting} made={verdict.attempts.length} />}
    </li>
  );
}

/// Every trigger's answer, those that matched first: also "why did my function not run?".
export function Verdicts({ verdicts }: { verdicts: readonly Verdict[] }) {
  const sorted = [...verdicts].sort((a, b) => Number(b.matched) - Number(a.matched));
  const matched = verdicts.filter((verdict) => verdict.matched).length;
  const aside = <span class="muted">{t('verdict.count', { matched, n: verdicts.length })}</span>;
  return (
    <Card title={t('verdict.title')} icon="trigger" aside={verdicts.length > 0 && aside}>
      {verdicts.length === 0
        ? <Empty icon="trigger" title={t('verdict.none')}><p>{t('verdict.none.detail')}</p></Empty>
        : <ul class="plain divided">{sorted.map((verdict) => <VerdictItem key={verdict.trigger} verdict={verdict} />)}</ul>}
    </Card>
  );
}
