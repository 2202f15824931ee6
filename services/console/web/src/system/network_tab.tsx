// SPDX-License-Identifier: Apache-2.0
import type { FormGroup } from '../form/form';
import { t } from '../text/i18n';
import { Confirm } from '../ui/dialog';
import type { System } from './system_api';
import { moveOf, type Move } from './system_view';
import { TabForm, useAsked, type Editing } from './tab_form';

function MoveText({ to }: { to: Move }) {
  return (
    <div class="stack">
      <p>{t('system.move.detail')}</p>
      {to.address === undefined
        ? <p>{t('system.move.unknown')}</p>
        : <p>{t('system.move.address')} <a class="text-link mono" href={to.address} target="_blank" rel="noreferrer">{to.address}</a></p>}
      <p>{t('system.move.steps')}</p>
    </div>
  );
}

export function NetworkTab({ now, group, editing }: { now: System; group: FormGroup; editing: Editing }) {
  const { asked, ask, close } = useAsked();
  const to = asked && moveOf(now, asked, location.hostname);
  const begin = (values: Record<string, string>) => {
    close();
    void editing.send(values);
  };
  return (
    <>
      <TabForm title={group.label} icon="connect" lead={group.help} fields={group.fields} editing={editing}
        send={(values) => { if (moveOf(now, values, location.hostname)) ask(values); else begin(values); }} />
      {asked && to && (
        <Confirm title={t('system.move.title')} action={t('system.move.action')} danger confirm={() => begin(asked)} close={close}><MoveText to={to} /></Confirm>
      )}
    </>
  );
}
