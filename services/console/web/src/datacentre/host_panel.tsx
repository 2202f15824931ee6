// SPDX-License-Identifier: Apache-2.0
import type { Action, Host, Vm } from '../api/types';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { Menu, type MenuItem } from '../ui/menu';
import { Status, type Tone } from '../ui/status';
import { Table, type Column } from '../ui/table';
import { Ago } from '../ui/time';
import type { Act } from './act';

const power: Record<Vm['power'], [Tone, string]> = { on: ['success', 'play'], off: ['neutral', 'stop'], suspended: ['warning', 'suspend'] };
const maintenance: Record<Host['maintenance'], Tone> = { none: 'success', entering: 'info', in: 'warning', exiting: 'info' };

/// What can be done to a VM in its state; moving needs another host that takes it.
export function vmActions(vm: Vm, host: Host, hosts: readonly Host[]): Action[] {
  const target = vm.id;
  const others = hosts.filter((other) => other.id !== host.id && other.maintenance === 'none' && other.connection === 'connected');
  const moves: Action[] = others.map((other) => ({ action: 'migrate', target, host: other.id }));
  if (vm.power === 'on') {
    return [{ action: 'reset', target }, { action: 'suspend', target }, { action: 'snapshot', target }, ...moves];
  }
  return [{ action: 'snapshot', target }, ...moves];
}

const icons: Partial<Record<Action['action'], string>> = { reset: 'refresh', suspend: 'pause', snapshot: 'camera', migrate: 'move' };

function menuItems(actions: readonly Action[], hosts: readonly Host[], act: Act): MenuItem[] {
  return actions.map((action) => {
    const to = hosts.find((host) => host.id === action.host);
    const label = to ? t('action.migrateTo', { host: visible(to.name) }) : t(`action.${action.action}`);
    return { label, icon: icons[action.action], act: () => act(action) };
  });
}

interface VmProps { vm: Vm; host: Host; hosts: readonly Host[]; busy: boolean; act: Act }

function VmActions({ vm, host, hosts, busy, act }: VmProps) {
  const main = vm.power === 'on' ? 'powerOff' : 'powerOn';
  const name = visible(vm.name);
  return (
    <span class="vm-actions">
      <button type="button" class="btn btn-sm btn-outline" disabled={busy} aria-label={t('action.of', { action: t(`action.${main}`), name })}
        onClick={() => act({ action: main, target: vm.id })}><Icon name="power" size={14} /> {t(`action.${main}`)}</button>
      <Menu label={t('action.more', { name })} items={menuItems(vmActions(vm, host, hosts), hosts, act)} />
    </span>
  );
}

interface Props { host: Host; hosts: readonly Host[]; busy: ReadonlySet<string>; act: Act | undefined }

function vmColumns({ host, hosts, busy, act }: Props): Column<Vm>[] {
  const columns: Column<Vm>[] = [
    { key: 'name', head: t('vm.name'), class: 'col-vm', cell: (vm) => <span class="vm-name"><Icon name="vm" size={16} /> {visible(vm.name)}</span> },
    { key: 'power', head: t('vm.power'), class: 'col-power', cell: (vm) => <Status tone={power[vm.power][0]} icon={power[vm.power][1]} word={t(`vm.power.${vm.power}`)} /> },
    { key: 'snapshots', head: t('vm.snapshots'), class: 'col-snapshots', cell: (vm) => vm.snapshots === 0 ? <span class="muted">0</span> : String(vm.snapshots) },
  ];
  if (act) columns.push({ key: 'actions', head: t('vm.actions'), class: 'col-actions', cell: (vm) => <VmActions vm={vm} host={host} hosts={hosts} busy={busy.has(vm.id)} act={act} /> });
  return columns;
}

/// vRealize Operations' own word for the state, and what it means.
function Vrops({ vrops }: { vrops: Host['vrops'] }) {
  if (!vrops) return <span class="muted">{t('vrops.none')}</span>;
  const maintained = vrops.state.startsWith('MAINTAINED');
  return (
    <span class="vrops">
      <Status tone={maintained ? 'warning' : 'success'} icon={maintained ? 'wrench' : 'success-solid'} word={maintained ? t('vrops.maintained') : t('vrops.collecting')} />
      <code>{visible(vrops.state)}</code>
      {vrops.since && <span class="muted"><Ago at={vrops.since} /></span>}
    </span>
  );
}

function HostFacts({ host }: { host: Host }) {
  return (
    <dl class="host-facts">
      <div><dt>{t('host.vcenter')}</dt><dd>
        <Status tone={maintenance[host.maintenance]} icon={host.maintenance === 'in' ? 'wrench' : undefined} word={t(`host.maintenance.${host.maintenance}`)} />
        {host.connection !== 'connected' && <Status tone="danger" word={t(`host.connection.${host.connection}`)} />}
      </dd></div>
      <div><dt>{t('host.vrops')}</dt><dd><Vrops vrops={host.vrops} /></dd></div>
    </dl>
  );
}

export function HostPanel(props: Props) {
  const { host, busy, act } = props;
  const leaving = host.maintenance === 'in' || host.maintenance === 'exiting';
  const action = leaving ? 'exitMaintenance' : 'enterMaintenance';
  const moving = host.maintenance === 'entering' || host.maintenance === 'exiting';
  const name = visible(host.name);
  return (
    <section class={`panel host ${leaving ? 'host-maintained' : ''}`} aria-label={t('host.label', { name })}>
      <div class="panel-head">
        <Icon name="host" size={20} /><h3>{name}</h3>
        <div class="panel-aside">
          <a class="btn btn-sm btn-link" href={`/events?hostname=${encodeURIComponent(host.name)}`} aria-label={t('host.eventsOf', { name })}>{t('host.events')}</a>
          {act && (
            <button type="button" class="btn btn-sm btn-outline" disabled={moving || busy.has(host.id)}
              aria-label={t('action.of', { action: t(`action.${action}`), name })} onClick={() => act({ action, target: host.id })}>
              <Icon name="wrench" size={14} /> {t(`action.${action}`)}
            </button>
          )}
        </div>
      </div>
      <div class="panel-body">
        <HostFacts host={host} />
        {host.vms.length === 0
          ? <p class="muted host-empty">{t('host.noVms')}</p>
          : <Table label={t('host.vms', { name })} columns={vmColumns(props)} rows={host.vms} keyOf={(vm) => vm.id} />}
      </div>
    </section>
  );
}
