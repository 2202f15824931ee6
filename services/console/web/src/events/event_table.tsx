// SPDX-License-Identifier: Apache-2.0
import type { EventRow } from '../api/types';
import { className, humanType } from '../text/event_names';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Breakable } from '../ui/breakable';
import { Icon } from '../ui/icon';
import { Table, type Column } from '../ui/table';
import { Clock } from '../ui/time';

/// What the event is about: the VM, else the host, cluster or data centre, else the subject, unless
/// that only repeats the type; empty for none.
export function objectOf(row: EventRow): string {
  const { vmname, hostname, clustername, datacentername } = row.extensions;
  return vmname ?? hostname ?? clustername ?? datacentername ?? (row.subject === className(row.type) ? '' : row.subject);
}

export function Deliveries({ deliveries }: { deliveries: EventRow['deliveries'] }) {
  const { matched, delivered, failed, pending } = deliveries;
  if (matched === 0) return <span class="muted">{t('deliveries.none')}</span>;
  return (
    <span class="deliveries">
      {delivered > 0 && <span class="text-success"><Icon name="success-solid" size={14} /> {t('deliveries.delivered', { n: delivered })}</span>}
      {pending > 0 && <span class="text-info"><Icon name="progress" size={14} /> {t('deliveries.pending', { n: pending })}</span>}
      {failed > 0 && <span class="text-danger"><Icon name="danger-solid" size={14} /> {t('deliveries.failed', { n: failed })}</span>}
    </span>
  );
}

function TextOrNone({ text }: { text: string }) {
  return text === '' ? <span class="muted">{t('none')}</span> : <Breakable text={text} />;
}

const columns: readonly Column<EventRow>[] = [
  { key: 'time', head: t('events.time'), class: 'col-time', cell: (row) => <Clock at={row.time ?? row.receivedAt} /> },
  {
    key: 'event', head: t('events.event'), class: 'col-event',
    cell: (row) => (
      <>
        <a class="event-link" href={`/events/${row.seq}`}><Breakable text={row.summary === '' ? humanType(row.type) : row.summary} /></a>
        <span class="event-type" title={row.type}>{visible(className(row.type))}</span>
      </>
    ),
  },
  { key: 'object', head: t('events.object'), class: 'col-object', cell: (row) => <TextOrNone text={objectOf(row)} /> },
  { key: 'user', head: t('events.user'), class: 'col-user', cell: (row) => <TextOrNone text={row.extensions['username'] ?? ''} /> },
  { key: 'functions', head: t('events.functions'), class: 'col-deliveries', cell: (row) => <Deliveries deliveries={row.deliveries} /> },
];

export function EventTable({ rows, label }: { rows: readonly EventRow[]; label: string }) {
  return <Table label={label} columns={columns} rows={rows} keyOf={(row) => row.seq} />;
}
