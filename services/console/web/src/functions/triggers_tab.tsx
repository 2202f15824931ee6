// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, background, outcome } from '../api/client';
import type { Trigger, TriggerFilter } from '../api/types';
import { confirmDone } from '../app/notices';
import { useResource } from '../app/resource';
import { useToldOfFunction } from '../app/use_told';
import { className, humanType } from '../text/event_names';
import { outcomes } from '../text/event_query';
import { grouped } from '../text/format';
import { t } from '../text/i18n';
import { plainError } from '../text/verdict';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { JsonView } from '../ui/json_view';
import { Empty, Loading, Note, ProblemAlert } from '../ui/states';
import { Status } from '../ui/status';
import { Ago } from '../ui/time';
import { RemoveTriggerDialog, TriggerDialog } from './trigger_dialogs';

function Filter({ trigger }: { trigger: Trigger }) {
  if (!trigger.editable) {
    return <><Note tone="info">{t('triggers.notEditable')}</Note><JsonView value={trigger.filters ?? null} label={t('triggers.filter')} /></>;
  }
  return (
    <ul class="sentence">
      <li>{trigger.types.length === 0 ? t('filter.everyType') : trigger.types.map((type, i) => (
        <span key={type}>{i > 0 && ` ${t('filter.or')} `}<strong>{humanType(type)}</strong> <code title={type}>{visible(className(type))}</code></span>
      ))}</li>
      {trigger.attributes.map((clause) => (
        <li key={`${clause.attribute}${clause.op}${clause.value}`}>{t('filter.and')} <code>{visible(clause.attribute)}</code> {t(`filter.op.${clause.op}`)} <code>{visible(clause.value)}</code></li>
      ))}
    </ul>
  );
}

function isOutcome(name: string): boolean {
  return (outcomes as readonly string[]).includes(name);
}

/// Three counters, never one: "it saw the event", "it wanted it" and "it got through" differ.
function Counters({ trigger, fn }: { trigger: Trigger; fn: string }) {
  const figures = [
    ['received', trigger.received], ['matched', trigger.matched], ['delivered', trigger.delivered],
    ['pending', trigger.pending], ['failed', trigger.failed],
  ] as const;
  return (
    <dl class="facts facts-line">
      {figures.map(([name, n]) => <div key={name}><dt>{t(`triggers.${name}`)}</dt><dd class={name === 'failed' && n > 0 ? 'text-danger' : ''}>{n > 0 && isOutcome(name) ? <a href={`/events?outcome=${name}&function=${fn}`}>{grouped(n)}</a> : grouped(n)}</dd></div>)}
      <div><dt>{t('triggers.lastDelivered')}</dt><dd><Ago at={trigger.lastDeliveredAt} /></dd></div>
    </dl>
  );
}

interface ItemProps { fn: string; trigger: Trigger; readOnly: boolean; edit: () => void; remove: () => void }

function Item({ fn, trigger, readOnly, edit, remove }: ItemProps) {
  return (
    <li class="panel">
      <div class="panel-head">
        <Icon name="trigger" size={18} /><h2>{trigger.name}</h2>
        <Status tone={trigger.ready ? 'success' : 'warning'} word={trigger.ready ? t('triggers.ready') : t('triggers.notReady')} />
        {!readOnly && (
          <div class="panel-aside">
            {trigger.editable && <button type="button" class="btn btn-sm btn-link" onClick={edit}>{t('triggers.edit')}</button>}
            <button type="button" class="btn btn-sm btn-link" onClick={remove}>{t('triggers.remove')}</button>
          </div>
        )}
      </div>
      <div class="panel-body">
        {trigger.reason !== '' && <p class="cause">{visible(trigger.reason)}</p>}
        <Filter trigger={trigger} />
        <Counters trigger={trigger} fn={fn} />
        {trigger.lastError !== null && <p class="cause">{t('triggers.lastError')} {visible(plainError(trigger.lastError))}</p>}
      </div>
    </li>
  );
}

type Open = { kind: 'add' } | { kind: 'edit' | 'remove'; trigger: Trigger } | undefined;
const blank: TriggerFilter = { types: [], attributes: [] };

export function TriggersTab({ name, readOnly }: { name: string; readOnly: boolean }) {
  const load = () => outcome(api.GET('/functions/{name}/triggers', { params: { path: { name }, ...background } }));
  const { data, problem, reload } = useResource(`triggers ${name}`, load);
  useToldOfFunction(name, reload);
  const [open, setOpen] = useState<Open>(undefined);
  const close = () => setOpen(undefined);
  const done = (text: string) => { close(); confirmDone(text); void reload(); };
  return (
    <>
      {problem && <ProblemAlert problem={problem} retry={() => { void reload(); }} />}
      {!data && !problem && <Loading />}
      {data?.items.length === 0 && <Empty icon="trigger" title={t('triggers.none')}><p>{t('triggers.none.detail')}</p></Empty>}
      <ul class="plain cards">
        {data?.items.map((trigger) => (
          <Item key={trigger.name} fn={name} trigger={trigger} readOnly={readOnly} edit={() => setOpen({ kind: 'edit', trigger })}
            remove={() => setOpen({ kind: 'remove', trigger })} />
        ))}
      </ul>
      {data && !readOnly && <button type="button" class="btn btn-outline" onClick={() => setOpen({ kind: 'add' })}><Icon name="plus" /> {t('triggers.add')}</button>}
      {open?.kind === 'add' && <TriggerDialog name={name} trigger={undefined} start={blank} close={close} done={() => done(t('triggers.added'))} />}
      {open?.kind === 'edit' && <TriggerDialog name={name} trigger={open.trigger} start={open.trigger} close={close} done={() => done(t('triggers.saved'))} />}
      {open?.kind === 'remove' && <RemoveTriggerDialog name={name} trigger={open.trigger} close={close} done={() => done(t('triggers.removed'))} />}
    </>
  );
}
