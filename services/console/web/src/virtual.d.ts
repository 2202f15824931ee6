// SPDX-License-Identifier: Apache-2.0
declare module 'virtual:icons' {
  const address: string;
  export default address;
}
declare module 'virtual:clarity.css';
declare module 'virtual:vsphere-event-types' {
  const names: readonly string[];
  export default names;
}
