// SPDX-License-Identifier: Apache-2.0
// Clarity's stylesheet holds four base64 fonts and every component of the Angular library. This
// plugin serves `virtual:clarity.css`: the same file without the fonts and without the rules whose
// classes no source file of ours names.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PurgeCSS } from 'purgecss';

const id = 'virtual:clarity.css';
// Set by script or by the browser, so no source file spells them as a class.
const safelist = { standard: ['html', 'body', 'dark', 'light'], greedy: [] };

/** @param {string} directory @returns {string[]} every .ts and .tsx file below it */
function sources(directory) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** @param {string} root the web folder @returns {import('vite').Plugin} */
export function clarity(root) {
  return {
    name: 'clarity',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    async load(resolved) {
      if (resolved !== `\0${id}`) return null;
      const file = join(root, 'node_modules/@clr/ui/clr-ui.min.css');
      const raw = readFileSync(file, 'utf8').replace(/@font-face\s*\{[^}]*\}/g, '');
      const content = [join(root, 'index.html'), ...sources(join(root, 'src'))];
      const [purged] = await new PurgeCSS().purge({ content, css: [{ raw }], safelist, variables: true });
      if (!purged) throw new Error('PurgeCSS returned no stylesheet');
      return purged.css;
    },
  };
}
