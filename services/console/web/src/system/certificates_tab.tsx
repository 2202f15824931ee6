// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { now as clock } from '../app/clock';
import { FileButton } from '../form/file_button';
import { shownValue, type Draft, type FormGroup } from '../form/form';
import { fieldId } from '../form/field_id';
import { fullTime } from '../text/format';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { CopyButton } from '../ui/copy_button';
import { Confirm } from '../ui/dialog';
import { TextAreaField } from '../ui/field';
import { Card } from '../ui/page';
import { Empty } from '../ui/states';
import { Status } from '../ui/status';
import type { System, SystemCertificate } from './system_api';
import { isUnderWay } from './system_state';
import { authorities_key, chain_key, daysUntil, private_key } from './system_view';
import { FormActions, TabForm, useAsked, type Editing } from './tab_form';

const soon_days = 30;

/// What the appliance renews by itself needs no warning before.
function Expiry({ expires, own }: { expires: string; own: boolean }) {
  const days = daysUntil(expires, clock.value);
  return (
    <>
      <time dateTime={expires}>{fullTime(expires)}</time>{' '}
      {days < 0 ? <Status tone="danger" word={t('system.certificate.expired')} />
        : !own && days < soon_days && <Status tone="warning" word={t('system.certificate.soon', { n: days })} />}
    </>
  );
}

function Facts({ certificate: { own, names, expires, fingerprint } }: { certificate: SystemCertificate }) {
  return (
    <dl class="definition">
      <div><dt>{t('system.certificate.origin')}</dt><dd>{t(own ? 'system.certificate.own' : 'system.certificate.given')}</dd></div>
      <div><dt>{t('system.certificate.names')}</dt><dd class="breakable">{names.length === 0 ? t('none') : visible(names.join(', '))}</dd></div>
      <div><dt>{t('system.certificate.expires')}</dt><dd><Expiry expires={expires} own={own} /></dd></div>
      <div><dt>{t('system.certificate.fingerprint')}</dt>
        <dd class="mono breakable">{fingerprint}<CopyButton text={fingerprint} label={t('system.certificate.fingerprint.copy')} /></dd></div>
    </dl>
  );
}

type Question = 'renew' | 'back';

interface PresentProps { certificate: SystemCertificate | undefined; busy: boolean; renew: () => void; back: () => void }

function Present({ certificate, busy, renew, back }: PresentProps) {
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const action: Question = certificate?.own === false ? 'back' : 'renew';
  const begin = () => {
    setQuestion(undefined);
    if (action === 'renew') renew();
    else back();
  };
  return (
    <Card title={t('system.certificate')} icon="key">
      {certificate ? <Facts certificate={certificate} /> : <Empty icon="unknown" title={t('system.certificate.none')} />}
      <div class="form-actions">
        <button type="button" class="btn btn-outline" disabled={busy || isUnderWay.value} onClick={() => setQuestion(action)}>{t(`system.certificate.${action}`)}</button>
      </div>
      {question && (
        <Confirm title={t(`system.certificate.${question}.title`)} action={t(`system.certificate.${question}`)} confirm={begin} close={() => setQuestion(undefined)}>
          <p>{t('system.certificate.change')}</p>
        </Confirm>
      )}
    </Card>
  );
}

function PemField({ label, name, editing }: { label: string; name: string; editing: Editing }) {
  const { draft, change, faults } = editing;
  return (
    <div id={fieldId(name)} class="pem">
      <TextAreaField label={label} hint={t(`system.pem.${name === private_key ? 'key' : 'chain'}`)} error={faults.get(name)} required
        value={draft[name] ?? ''} change={(value) => change(name, value)} placeholder="-----BEGIN" />
      <FileButton label={label} read={(text) => change(name, text)} />
    </div>
  );
}

function Upload({ group, editing }: { group: FormGroup; editing: Editing }) {
  const { asked, ask, close } = useAsked();
  const { draft, busy, discard, send } = editing;
  const labelOf = (key: string) => group.fields.find((field) => field.key === key)?.label ?? key;
  const keys = [chain_key, private_key];
  const values: Draft = Object.fromEntries(keys.map((key) => [key, draft[key]?.trim() ?? '']));
  const begun = () => {
    close();
    void send(values);
  };
  return (
    <Card title={t('system.upload')} icon="plus">
      <p class="muted">{t('system.upload.lead')}</p>
      <form class="form" noValidate onSubmit={(event) => { event.preventDefault(); ask(values); }}>
        {keys.map((key) => <PemField key={key} name={key} label={labelOf(key)} editing={editing} />)}
        <FormActions label={t('system.upload.use')} ready={Object.values(values).some((value) => value !== '')} busy={busy} discard={() => discard(keys)} />
      </form>
      {asked && (
        <Confirm title={t('system.upload.title')} action={t('system.upload.use')} confirm={begun} close={close}><p>{t('system.certificate.change')}</p></Confirm>
      )}
    </Card>
  );
}

function Authorities({ group, editing }: { group: FormGroup; editing: Editing }) {
  const field = group.fields.find(({ key }) => key === authorities_key);
  if (!field) return null;
  const value = shownValue(field, editing.form, editing.draft);
  const add = (text: string) => editing.change(field.key, value.trim() === '' ? text : `${value.trimEnd()}\n${text}`);
  return (
    <TabForm title={field.label} icon="list" lead={t('system.authorities.lead')} fields={[field]} editing={editing}>
      <div id={fieldId(field.key)} class="pem">
        <TextAreaField label={field.label} hint={t('system.pem.authorities')} error={editing.faults.get(field.key)} value={value}
          change={(next) => editing.change(field.key, next)} placeholder="-----BEGIN" />
        <FileButton label={field.label} read={add} />
      </div>
    </TabForm>
  );
}

interface Props { now: System; group: FormGroup; editing: Editing; renew: () => void }

export function CertificatesTab({ now, group, editing, renew }: Props) {
  return (
    <>
      <Present certificate={now.certificate} busy={editing.busy} renew={renew}
        back={() => { void editing.send({ [chain_key]: '', [private_key]: '' }); }} />
      <Upload group={group} editing={editing} />
      <Authorities group={group} editing={editing} />
    </>
  );
}
