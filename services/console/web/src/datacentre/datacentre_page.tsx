// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { api, background, outcome } from '../api/client';
import type { Datacentre, Host } from '../api/types';
import { confirmDone, report } from '../app/notices';
import { useResource } from '../app/resource';
import { may } from '../app/session';
import { datacentreSeen, followPage } from '../stream/stream';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { PageHead } from '../ui/page';
import { Loading, ProblemAlert } from '../ui/states';
import type { Act } from './act';
import { Burst } from './burst';
import { EventFeed } from './event_feed';
import { HostPanel } from './host_panel';

/// Doing something and then reading the inventory again until it shows.
function useActions(reload: () => Promise<void>) {
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const act: Act = (action) => {
    const key = action.target ?? action.action;
    const mark = (on: boolean) => setBusy((old) => {
      const copy = new Set(old);
      if (on) copy.add(key);
      else copy.delete(key);
      return copy;
    });
    const run = async () => {
      mark(true);
      const result = await outcome(api.POST('/datacentre/actions', { body: action }));
      mark(false);
      if (result.ok) confirmDone(t(`action.done.${action.action}`, { n: action.count ?? 0 }));
      else report(result.problem);
      await reload();
    };
    void run();
  };
  return { busy, act };
}

function count(data: Datacentre, pick: (host: Host) => number): number {
  return data.clusters.reduce((sum, cluster) => sum + cluster.hosts.reduce((inner, host) => inner + pick(host), 0), 0);
}

function lead(data: Datacentre): string {
  return t('datacentre.lead', {
    name: visible(data.name), hosts: count(data, () => 1), vms: count(data, (host) => host.vms.length),
    on: count(data, (host) => host.vms.filter((vm) => vm.power === 'on').length),
  });
}

interface InventoryProps { data: Datacentre; busy: ReadonlySet<string>; act: Act | undefined }

function Inventory({ data, busy, act }: InventoryProps) {
  const hosts = data.clusters.flatMap((cluster) => cluster.hosts);
  return (
    <>
      {data.clusters.map((cluster) => (
        <section key={cluster.id} class="cluster" aria-label={t('datacentre.cluster', { name: cluster.name })}>
          <h2 class="cluster-name"><Icon name="cluster" size={20} /> {visible(cluster.name)}</h2>
          {cluster.hosts.map((host) => <HostPanel key={host.id} host={host} hosts={hosts} busy={busy} act={act} />)}
        </section>
      ))}
    </>
  );
}

export function DatacentrePage() {
  const load = () => outcome(api.GET('/datacentre', { params: background }));
  const { data: read, problem, reload, replace } = useResource('datacentre', load);
  const { busy, act } = useActions(reload);
  useEffect(() => followPage('datacentre'), []);
  // Whichever came last is shown: what the stream told, or what was read after doing something.
  const told = datacentreSeen.value;
  useEffect(() => { if (told) replace(told); }, [told, replace]);
  const data = read ?? told;
  const allowed = may('datacentre.act') ? act : undefined;
  return (
    <>
      <PageHead title={t('nav.datacentre')} lead={data ? lead(data) : t('datacentre.simulated')} actions={allowed && <Burst act={allowed} />} />
      {problem && <ProblemAlert problem={problem} retry={() => { void reload(); }} />}
      {!data && !problem && <Loading />}
      {data && (
        <div class="columns columns-feed">
          <div class="column-wide"><Inventory data={data} busy={busy} act={allowed} /></div>
          <div class="column"><EventFeed /></div>
        </div>
      )}
    </>
  );
}
