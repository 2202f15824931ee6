// SPDX-License-Identifier: Apache-2.0
// `virtual:vsphere-event-types`: the class names of all events vCenter has, out of the router's own
// table, so that a type can be picked before an event of it was seen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const id = 'virtual:vsphere-event-types';
// A line is "Name:Base:members".
const line = /^ {4}"(\w+):(\w*):/gm;

// What others only derive from (vSphere Web Services API reference): never sent itself.
const abstract = new Set(['Event', 'AlarmEvent', 'AuthorizationEvent', 'ClusterEvent', 'CustomFieldDefEvent', 'CustomFieldEvent',
  'CustomizationEvent', 'DVPortgroupEvent', 'DatacenterEvent', 'DatastoreEvent', 'DatastoreFileEvent', 'DvsEvent', 'GeneralEvent',
  'HostDasEvent', 'HostEvent', 'LicenseEvent', 'MigrationEvent', 'PermissionEvent', 'ProfileEvent', 'ResourcePoolEvent', 'RoleEvent',
  'ScheduledTaskEvent', 'SessionEvent', 'TemplateUpgradeEvent', 'UpgradeEvent', 'VmCloneEvent', 'VmEvent', 'VmRelocateSpecEvent']);

/** @param {string} root the web folder @returns {string[]} names, by the alphabet */
export function vsphereEventTypes(root) {
  const table = join(root, '../../router/vcenter/generated/vim_types.cpp');
  const bases = new Map([...readFileSync(table, 'utf8').matchAll(line)].map(([, name = '', base = '']) => [name, base]));
  const isEvent = (/** @type {string} */ name) => {
    for (let at = name; at !== ''; at = bases.get(at) ?? '') if (at === 'Event') return true;
    return false;
  };
  // Those whose type is their eventTypeId are not sent by their class's name.
  const sent = [...bases.keys()].filter((name) => isEvent(name) && !abstract.has(name) && !/Ex$|^ExtendedEvent$/.test(name));
  if (sent.length < 200) throw new Error(`${table} does not list vCenter's events`);
  return sent.sort();
}

/** @param {string} root the web folder @returns {import('vite').Plugin} */
export function eventTypes(root) {
  return {
    name: 'event-types',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load: (resolved) => (resolved === `\0${id}` ? `export default ${JSON.stringify(vsphereEventTypes(root).join(' '))}.split(' ');` : null),
  };
}
