// SPDX-License-Identifier: Apache-2.0
// Writes a .gz and a .br beside each text file of the output that is worth it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const bytes_min = 1024;

/** @param {string} output the folder just built @returns {import('vite').Plugin} */
export function compress(output) {
  return {
    name: 'compress',
    apply: 'build',
    writeBundle() {
      for (const entry of readdirSync(output, { withFileTypes: true, recursive: true })) {
        if (!entry.isFile() || !/\.(js|css|svg|html)$/.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const content = readFileSync(file);
        if (content.length < bytes_min) continue;
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(content));
      }
    },
  };
}
