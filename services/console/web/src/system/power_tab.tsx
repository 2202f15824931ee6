// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { outcome } from '../api/client';
import { report } from '../app/notices';
import { t } from '../text/i18n';
import { Confirm } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { Card } from '../ui/page';
import { Note } from '../ui/states';
import { system as api, type PowerAction } from './system_api';
import { isUnderWay } from './system_state';

const actions: readonly PowerAction[] = ['restart', 'shutDown'];

function Row({ action, ask }: { action: PowerAction; ask: () => void }) {
  return (
    <li class="power-row">
      <div><strong>{t(`power.${action}`)}</strong><p class="muted">{t(`power.${action}.lead`)}</p></div>
      <button type="button" class="btn btn-danger-outline" onClick={ask}><Icon name={action === 'restart' ? 'refresh' : 'power'} /> {t(`power.${action}`)}</button>
    </li>
  );
}

export function PowerTab() {
  const [asked, setAsked] = useState<PowerAction | undefined>(undefined);
  const [begun, setBegun] = useState<PowerAction | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const perform = async (action: PowerAction) => {
    setBusy(true);
    const result = await outcome(api.POST('/system/power', { body: { action } }));
    setBusy(false);
    setAsked(undefined);
    if (result.ok) setBegun(action);
    else report(result.problem);
  };
  return (
    <>
      {begun && <Note tone="info">{t(`power.${begun}.begun`)}</Note>}
      <Card title={t('system.tab.power')} icon="power">
        <ul class="plain divided">{actions.map((action) => <Row key={action} action={action} ask={() => setAsked(action)} />)}</ul>
      </Card>
      {asked && (
        <Confirm title={t(`power.${asked}.title`)} action={t(`power.${asked}`)} danger busy={busy} confirm={() => { void perform(asked); }} close={() => setAsked(undefined)}>
          <p>{t(`power.${asked}.detail`)}</p>
          {isUnderWay.value && <p>{t('power.trial')}</p>}
        </Confirm>
      )}
    </>
  );
}
