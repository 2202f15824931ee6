// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, background, outcome } from '../api/client';
import type { FunctionDetail, FunctionSummary } from '../api/types';
import { confirmDone, report } from '../app/notices';
import { useResource } from '../app/resource';
import { useToldOfFunction, whileLeaving } from '../app/use_told';
import { go } from '../app/router';
import { may } from '../app/session';
import { functionsSeen } from '../stream/stream';
import { grouped } from '../text/format';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Confirm } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { PageHead, Tabs } from '../ui/page';
import { Empty, Loading, Note, ProblemAlert } from '../ui/states';
import { FunctionStatus } from '../ui/status';
import { Ago } from '../ui/time';
import { CodeTab } from './code_tab';
import { ConfigurationTab } from './configuration_tab';
import { DeploySteps } from './deploy_progress';
import { isFailing, typesInWords } from './functions_page';
import { LogsTab } from './logs_tab';
import { RevisionsTab } from './revisions_tab';
import { TriggersTab } from './triggers_tab';

const tabs = ['code', 'configuration', 'triggers', 'logs', 'revisions'] as const;
type Tab = typeof tabs[number];

interface BodyProps { tab: Tab; name: string; readOnly: boolean; broken: string }

function TabBody({ tab, name, readOnly, broken }: BodyProps) {
  switch (tab) {
    case 'code': return <CodeTab name={name} readOnly={readOnly} fault={broken} />;
    case 'configuration': return <ConfigurationTab name={name} readOnly={readOnly} />;
    case 'triggers': return <TriggersTab name={name} readOnly={readOnly} />;
    case 'logs': return <LogsTab name={name} />;
    case 'revisions': return <RevisionsTab name={name} />;
  }
}

function Facts({ item }: { item: FunctionSummary }) {
  return (
    <dl class="facts facts-line">
      <div><dt>{t('functions.when')}</dt><dd title={item.eventTypes.join('\n')}>{typesInWords(item.eventTypes)}</dd></div>
      <div><dt>{t('functions.runtime')}</dt><dd>{t(`runtime.${item.runtime}`)}</dd></div>
      <div><dt>{t('functions.calls')}</dt><dd>{grouped(item.calls)}</dd></div>
      <div><dt>{t('functions.failures')}</dt><dd class={item.failures > 0 && isFailing(item) ? 'text-danger' : ''}>{grouped(item.failures)}</dd></div>
      <div><dt>{t('functions.pending')}</dt><dd>{item.pending === 0 ? '0' : <a href={`/events?outcome=pending&function=${item.name}`}>{grouped(item.pending)}</a>}</dd></div>
      <div><dt>{t('functions.last')}</dt><dd><Ago at={item.lastCallAt} /></dd></div>
      <div><dt>{t('functions.revision')}</dt><dd class="mono">{item.revision ?? t('none')}</dd></div>
    </dl>
  );
}

function DeleteDialog({ name, close }: { name: string; close: () => void }) {
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    const result = await outcome(api.DELETE('/functions/{name}', { params: { path: { name } } }));
    setBusy(false);
    close();
    if (!result.ok) {
      report(result.problem);
      return;
    }
    confirmDone(t('delete.done', { name }));
    go('/functions', { force: true });
  };
  return (
    <Confirm title={t('delete.title', { name })} action={t('delete.action')} danger busy={busy} close={close} confirm={() => { void whileLeaving(name, remove); }}>
      <p>{t('delete.detail')}</p>
    </Confirm>
  );
}

function Head({ name, item, remove }: { name: string; item: FunctionSummary | undefined; remove: () => void }) {
  const button = <button type="button" class="btn btn-danger-outline" onClick={remove}><Icon name="trash" /> {t('delete.action')}</button>;
  return (
    <>
      <PageHead title={name} crumbs={[{ label: t('nav.functions'), href: '/functions' }]}
        badge={item && <FunctionStatus state={item.state} />} actions={item && may('functions.write') && button} />
      {item?.broken && <Note tone="warning" actions={<a class="btn btn-sm" href={`/functions/${name}/code`}>{t('broken.open')}</a>}>{t('broken.detail', { revision: item.broken.revision, serving: item.revision ?? '', cause: visible(item.broken.cause) })}</Note>}
      {item && item.cause !== '' && !item.broken && <p class="cause cause-head">{visible(item.cause)}</p>}
      {item && <Facts item={item} />}
    </>
  );
}

/// What does not load in the newest code: of a newer revision, or of the only one.
function faultOf(item: FunctionSummary | undefined): string {
  return item?.broken?.cause ?? (item?.state === 'Error' ? item.cause : '');
}

function isTab(tab: string): tab is Tab {
  return (tabs as readonly string[]).includes(tab);
}

export function FunctionPage({ name, tab }: { name: string; tab: string }) {
  const load = () => outcome(api.GET('/functions/{name}', { params: { path: { name }, ...background } }));
  const { data, problem, reload } = useResource<FunctionDetail>(`function ${name}`, load);
  useToldOfFunction(name, reload);
  const [deleting, setDeleting] = useState(false);
  const item: FunctionDetail | undefined = data ? functionsSeen.value.get(name) ?? data : undefined;
  const entries = tabs.map((entry) => ({ label: t(`tab.${entry}`), href: `/functions/${name}/${entry}` }));
  const open = isTab(tab) ? tab : undefined;
  return (
    <>
      <Head name={name} item={item} remove={() => setDeleting(true)} />
      {problem && <ProblemAlert problem={problem} retry={() => { void reload(); }}><a class="btn btn-sm" href="/functions">{t('overview.allFunctions')}</a></ProblemAlert>}
      {!data && !problem && <Loading />}
      {item && item.deployment.state !== 'done' && <DeploySteps steps={item.deployment.steps} />}
      {data && <Tabs label={t('tab.label')} tabs={entries} current={`/functions/${name}/${tab}`} />}
      {data && open && <div class="tab-body"><TabBody tab={open} name={name} readOnly={!may('functions.write')} broken={faultOf(item)} /></div>}
      {data && !open && <Empty icon="unknown" title={t('notFound.detail')}><a class="btn btn-outline" href={`/functions/${name}`}>{t('deploy.open')}</a></Empty>}
      {deleting && <DeleteDialog name={name} close={() => setDeleting(false)} />}
    </>
  );
}
