// SPDX-License-Identifier: Apache-2.0
// Takes the named shapes out of @cds/core (its components are not used) into one SVG sprite, emitted
// as a hashed asset. `virtual:icons` exports its address.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { own, shapes } from './icon_names.js';

const id = 'virtual:icons';

/** @param {string} root @param {string} shape @param {'outline'|'solid'} style */
function path(root, shape, style) {
  const file = readFileSync(join(root, `node_modules/@cds/core/icon/shapes/${shape}.js`), 'utf8');
  const found = new RegExp(`\\b${style}:'((?:[^'\\\\]|\\\\.)*)'`).exec(file);
  if (!found) throw new Error(`@cds/core has no ${style} of ${shape}`);
  return found[1];
}

/** @param {string} root the web folder */
export function sprite(root) {
  const symbols = Object.entries(shapes).map(([name, [shape, style]]) =>
    `<symbol id="${name}" viewBox="0 0 36 36">${path(root, shape, style)}</symbol>`);
  for (const [name, body] of Object.entries(own)) {
    symbols.push(`<symbol id="${name}" viewBox="0 0 36 36">${body}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

/** @param {string} root the web folder @returns {import('vite').Plugin} */
export function icons(root) {
  let serving = false;
  return {
    name: 'icons',
    configResolved: (config) => { serving = config.command === 'serve'; },
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(resolved) {
      if (resolved !== `\0${id}`) return null;
      if (serving) return 'export default "/icons.svg"';
      const reference = this.emitFile({ type: 'asset', name: 'icons.svg', source: sprite(root) });
      return `export default import.meta.ROLLUP_FILE_URL_${reference}`;
    },
    configureServer(server) {
      server.middlewares.use('/icons.svg', (_request, response) => {
        response.setHeader('Content-Type', 'image/svg+xml').end(sprite(root));
      });
    },
  };
}
