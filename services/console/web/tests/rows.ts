// SPDX-License-Identifier: Apache-2.0
import type { EventRow } from '../src/api/types';

export function row(seq: number, part: Partial<EventRow> = {}): EventRow {
  return {
    seq: String(seq), id: `id-${seq}`, type: 'com.vmware.vsphere.VmPoweredOnEvent.v0', source: 'https://vc/sdk', subject: 'VmPoweredOnEvent',
    time: '2026-03-04T10:00:00Z', receivedAt: '2026-03-04T10:00:01Z', extensions: {}, summary: `event ${seq}`,
    deliveries: { matched: 0, delivered: 0, failed: 0, pending: 0 }, ...part,
  };
}

export function rows(from: number, to: number): EventRow[] {
  const list: EventRow[] = [];
  for (let seq = from; seq >= to; seq -= 1) list.push(row(seq));
  return list;
}
