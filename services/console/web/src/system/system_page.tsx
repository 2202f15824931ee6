// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/types';
import { go } from '../app/router';
import { FaultList, goToField } from '../form/fault_list';
import { faultsByKey, type Draft } from '../form/form';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { PageHead, Tabs } from '../ui/page';
import { Empty, Loading, Note, ProblemAlert } from '../ui/states';
import { Status, type Tone } from '../ui/status';
import { Ago } from '../ui/time';
import { AccessTab } from './access_tab';
import { CertificatesTab } from './certificates_tab';
import { ImagesTab } from './images_tab';
import { NetworkTab } from './network_tab';
import { PowerTab } from './power_tab';
import type { System, SystemOutcome } from './system_api';
import { ended, isUnderWay, loadSystem, putSystem, renewCertificate, system, systemProblem } from './system_state';
import { faultsByTab, isOnTrial, isTab, moveOf, tabOf, tabs, without, type Tab } from './system_view';
import { TabForm, type Editing } from './tab_form';

const tones: Record<SystemOutcome['outcome'], Tone> = { kept: 'success', undone: 'warning', stuck: 'danger' };

/// What came of the last change; the strip above the page tells it of one that has just ended.
function Last({ last }: { last: SystemOutcome }) {
  return (
    <p class="system-last">
      <span class="muted">{t('system.last')}</span> <Status tone={tones[last.outcome]} word={t(`system.outcome.${last.outcome}`)} />
      <span class="muted"><Ago at={last.time} /></span>{last.problem !== '' && <span>{visible(last.problem)}</span>}
    </p>
  );
}

interface BodyProps { tab: Tab; now: System; editing: Editing; renew: () => void }

function TabBody({ tab, now, editing, renew }: BodyProps) {
  if (tab === 'power') return <PowerTab />;
  if (tab === 'images') return <ImagesTab />;
  const group = now.groups.find(({ id }) => id === tab);
  if (!group) return <Empty icon="unknown" title={t('system.group.none')} />;
  switch (tab) {
    case 'network': return <NetworkTab now={now} group={group} editing={editing} />;
    case 'access': return <AccessTab now={now} group={group} editing={editing} />;
    case 'certificates': return <CertificatesTab now={now} group={group} editing={editing} renew={renew} />;
    case 'syslog': return <TabForm title={group.label} icon="list" lead={group.help} fields={group.fields} editing={editing} />;
  }
}

/// What is typed outlives the way from one tab to another, but not the page.
function useEditing(now: System | undefined): { editing: Editing | undefined; problem: Problem | undefined; renew: () => void } {
  const [draft, setDraft] = useState<Draft>({});
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const during = async (work: Promise<Problem | undefined>): Promise<boolean> => {
    setBusy(true);
    const refused = await work;
    setBusy(false);
    setProblem(refused);
    return refused === undefined;
  };
  const renew = () => { void during(renewCertificate()); };
  if (!now) return { editing: undefined, problem, renew };
  const send = async (values: Draft) => {
    const isBegun = await during(putSystem(values, moveOf(now, values, location.hostname)));
    if (isBegun) setDraft((old) => without(old, Object.keys(values)));
    return isBegun;
  };
  const discard = (keys: readonly string[]) => {
    setDraft((old) => without(old, keys));
    setProblem(undefined);
  };
  const change = (key: string, value: string) => setDraft((old) => ({ ...old, [key]: value }));
  return { editing: { form: now, draft, change, faults: faultsByKey(problem, []), busy, send, discard }, problem, renew };
}

function Faults({ editing, problem }: { editing: Editing; problem: Problem }) {
  const [wanted, setWanted] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (wanted !== undefined) goToField(wanted);
    setWanted(undefined);
  }, [wanted]);
  if (editing.faults.size === 0) return <ProblemAlert problem={problem} />;
  const show = (key: string) => {
    const tab = tabOf(editing.form, key);
    if (tab) go(`/system/${tab}`);
    setWanted(key);
  };
  return <FaultList form={editing.form} faults={editing.faults} go={show} />;
}

export function SystemPage({ tab }: { tab: string }) {
  const now = system.value;
  const { editing, problem, renew } = useEditing(now);
  useEffect(() => { void loadSystem(); }, []);
  const failed = systemProblem.value;
  const counts = editing ? faultsByTab(editing.form, editing.faults) : new Map<Tab, number>();
  const entries = tabs.map((entry) => {
    const n = counts.get(entry) ?? 0;
    return { label: n === 0 ? t(`system.tab.${entry}`) : `${t(`system.tab.${entry}`)} · ${t('system.tab.faults', { n })}`, href: `/system/${entry}` };
  });
  return (
    <>
      <PageHead title={t('system.title')} lead={t('system.lead')} />
      {failed && !isUnderWay.value && <ProblemAlert problem={failed} retry={() => { void loadSystem(); }} />}
      {!now && !failed && <Loading />}
      {now?.last && !ended.value && !isUnderWay.value && <Last last={now.last} />}
      {now && <Tabs label={t('system.tabs')} tabs={entries} current={`/system/${tab}`} />}
      {editing && problem && <Faults editing={editing} problem={problem} />}
      {now && editing && isTab(tab) && isOnTrial(tab) && <Note tone="info">{t('system.trial')}</Note>}
      {now && editing && isTab(tab) && <TabBody tab={tab} now={now} editing={editing} renew={renew} />}
      {now && !isTab(tab) && <Empty icon="unknown" title={t('notFound.detail')}><a class="btn btn-outline" href="/system">{t('system.open')}</a></Empty>}
    </>
  );
}
