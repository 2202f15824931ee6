// SPDX-License-Identifier: Apache-2.0
// Fails when the built app is larger than a first visit over a slow line allows.
import { gzipSync } from 'node:zlib';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const limits_kb = { 'first load JS': 90, CSS: 45, fonts: 35, 'lazy chunk': 30, editor: 175, 'whole, raw': 1600 };

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.(gz|br|map)$/.test(entry.name))
  .map((entry) => ({ name: entry.name, content: readFileSync(join(entry.parentPath, entry.name)) }));
const html = files.find((file) => file.name === 'index.html')?.content.toString() ?? '';
const gz = (/** @type {{content: Buffer}} */ file) => gzipSync(file.content, { level: 9 }).length / 1024;
const sum = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);
const first = files.filter((file) => file.name.endsWith('.js') && html.includes(file.name));
const lazy = files.filter((file) => file.name.endsWith('.js') && !html.includes(file.name));
const editor = lazy.filter((file) => /editor/.test(file.name));

/** @type {[string, number, number][]} */
const rows = [
  ['first load JS', sum(first.map(gz)), limits_kb['first load JS']],
  ['CSS', sum(files.filter((file) => file.name.endsWith('.css')).map(gz)), limits_kb.CSS],
  ['fonts', sum(files.filter((file) => file.name.endsWith('.woff2')).map((file) => file.content.length / 1024)), limits_kb.fonts],
  ...lazy.filter((file) => !editor.includes(file))
    .map((file) => /** @type {[string, number, number]} */ ([file.name, gz(file), limits_kb['lazy chunk']])),
  ['editor', sum(editor.map(gz)), limits_kb.editor],
  ['whole, raw', sum(files.map((file) => file.content.length / 1024)), limits_kb['whole, raw']],
];
let over = 0;
for (const [what, kb, limit] of rows) {
  const bad = kb > limit;
  if (bad) over += 1;
  console.log(`${bad ? 'OVER' : 'ok  '} ${what.padEnd(32)} ${kb.toFixed(1).padStart(8)} kB of ${limit}`);
}
process.exit(over || first.length === 0 ? 1 : 0);
