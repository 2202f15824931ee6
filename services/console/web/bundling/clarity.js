// SPDX-License-Identifier: Apache-2.0
// Clarity's stylesheet holds four base64 fonts and every component of the Angular library. This
// plugin serves `virtual:clarity.css`: the same file without the fonts and without the rules whose
// classes no source file of ours names.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PurgeCSS } from 'purgecss';

const id = 'virtual:clarity.css';
// Clarity styles bare headings and paragraphs more strongly than any class of ours could; without
// weight of their own these rules are the defaults they are meant to be.
const bare = /(body p|body|h[1-6])((?:\.[\w-]+)*):not\(\[cds-text\]\)/g;

/** @param {string} directory @param {RegExp} kind @returns {string[]} the files of this kind below it */
function files(directory, kind) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && kind.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** @param {string} root @returns {string[]} the custom properties that our own styles use */
function usedVariables(root) {
  const styles = files(join(root, 'src'), /\.css$/).map((file) => readFileSync(file, 'utf8')).join('');
  return [...styles.matchAll(/var\((--(?:cds|clr)-[\w-]+)/g)].map(([, name = '']) => name);
}

/** @param {string} root the web folder @returns {import('vite').Plugin} */
export function clarity(root) {
  return {
    name: 'clarity',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    async load(resolved) {
      if (resolved !== `\0${id}`) return null;
      const file = join(root, 'node_modules/@clr/ui/clr-ui.min.css');
      const raw = readFileSync(file, 'utf8').replace(/@font-face\s*\{[^}]*\}/g, '').replace(bare, ':where($1)$2');
      // The theme's names are set by script, so no source file spells them as a class.
      const safelist = { standard: ['html', 'body', 'dark', 'light'], variables: usedVariables(root) };
      const content = [join(root, 'index.html'), join(root, 'setup.html'), ...files(join(root, 'src'), /\.tsx?$/)];
      const [purged] = await new PurgeCSS().purge({ content, css: [{ raw }], safelist, variables: true });
      if (!purged) throw new Error('PurgeCSS returned no stylesheet');
      return purged.css;
    },
  };
}
