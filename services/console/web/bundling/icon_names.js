// SPDX-License-Identifier: Apache-2.0
// The icons of the console: our name -> [shape of @cds/core, style], and the few drawn by us.

/** @type {Record<string, [string, 'outline'|'solid']>} */
export const shapes = {
  dashboard: ['dashboard', 'outline'], events: ['bolt', 'outline'], functions: ['code', 'outline'],
  datacentre: ['building', 'outline'], cluster: ['cluster', 'outline'], host: ['host', 'outline'],
  vm: ['vm', 'outline'], play: ['play', 'outline'], pause: ['pause', 'outline'],
  stop: ['stop', 'outline'], power: ['power', 'outline'], refresh: ['refresh', 'outline'],
  search: ['search', 'outline'], filter: ['filter', 'outline'], plus: ['plus', 'outline'],
  trash: ['trash', 'outline'], pencil: ['pencil', 'outline'], copy: ['copy', 'outline'],
  check: ['check', 'outline'], close: ['times', 'outline'], angle: ['angle', 'outline'],
  arrow: ['arrow', 'outline'], user: ['user', 'outline'], logout: ['logout', 'outline'],
  moon: ['moon', 'outline'], sun: ['sun', 'outline'], menu: ['bars', 'outline'],
  clock: ['clock', 'outline'], history: ['history', 'outline'], key: ['key', 'outline'],
  settings: ['cog', 'outline'], list: ['list', 'outline'], terminal: ['terminal', 'outline'],
  connect: ['connect', 'outline'], camera: ['camera', 'outline'], move: ['sync', 'outline'],
  eye: ['eye', 'outline'], 'eye-hide': ['eye-hide', 'outline'], more: ['ellipsis-vertical', 'outline'],
  undo: ['undo', 'outline'], wrench: ['wrench', 'outline'], recipe: ['book', 'outline'],
  idea: ['lightbulb', 'outline'], idle: ['moon', 'outline'], trigger: ['nodes', 'outline'],
  layers: ['layers', 'outline'], service: ['plugin', 'outline'], storm: ['bolt', 'solid'],
  success: ['success-standard', 'outline'], danger: ['error-standard', 'outline'],
  warning: ['warning-standard', 'outline'], info: ['info-standard', 'outline'],
  unknown: ['unknown-status', 'outline'], progress: ['hourglass', 'outline'],
  'success-solid': ['success-standard', 'solid'], 'danger-solid': ['error-standard', 'solid'],
  'warning-solid': ['warning-standard', 'solid'], suspend: ['pause', 'solid'],
};

/** @type {Record<string, string>} */
export const own = {
  millrace: '<g fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round">'
    + '<circle cx="18" cy="15" r="9"/><path d="M18 6v18M9 15h18M11.6 8.600l12.800 12.800M24.400 8.600 11.600 21.400"/>'
    + '<path d="M3 31c3.300-2.600 6-2.600 9.400 0s6 2.600 9.500 0 6-2.600 9.500 0"/></g>',
};
