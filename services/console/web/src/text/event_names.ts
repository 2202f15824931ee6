// SPDX-License-Identifier: Apache-2.0

const vsphere = /^com\.vmware\.vsphere\.(.+)\.v\d+$/;
const known = new Map([
  ['Vm', 'VM'], ['Drs', 'DRS'], ['Das', 'HA'], ['Ha', 'HA'], ['Dv', 'distributed'], ['Dvs', 'distributed switch'],
  ['Ft', 'FT'], ['Uuid', 'UUID'], ['Mac', 'MAC'], ['Ip', 'IP'], ['Nic', 'NIC'], ['Vmfs', 'VMFS'], ['Nas', 'NAS'],
  ['Id', 'ID'], ['Os', 'OS'], ['Ssl', 'SSL'], ['Evc', 'EVC'], ['Ntp', 'NTP'], ['Cpu', 'CPU'],
]);

/// `com.vmware.vsphere.VmPoweredOnEvent.v0` -> `VmPoweredOnEvent`; a type of another kind stays whole.
export function className(type: string): string {
  return vsphere.exec(type)?.[1] ?? type;
}

/// `VmPoweredOnEvent` -> `VM powered on`; ids with dots (`esx.clear.net…`) stay as they are.
export function humanType(type: string): string {
  const name = className(type);
  if (!/^[A-Z][A-Za-z]+$/.test(name)) return name;
  const words = name.replace(/Event$/, '').match(/[A-Z]+(?![a-z])|[A-Z][a-z]*/g) ?? [name];
  const said = words.map((word) => known.get(word) ?? word.toLowerCase());
  const sentence = said.join(' ');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function stem(type: string): string {
  return className(type).replace(/Event$|Ex$/g, '').toLowerCase();
}

/// Other types seen that an administrator may have meant: one's name holds the other's
/// (`VmPoweredOnEvent` and `DrsVmPoweredOnEvent` are two events). At most `max`, in the order given.
export function nearMisses(type: string, seen: readonly string[], max = 3): string[] {
  const wanted = stem(type);
  if (wanted.length < 4) return [];
  return seen.filter((other) => {
    if (other === type) return false;
    const found = stem(other);
    return found.includes(wanted) || (found.length >= 4 && wanted.includes(found));
  }).slice(0, max);
}
