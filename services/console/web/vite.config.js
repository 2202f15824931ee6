// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { clarity } from './bundling/clarity.js';
import { compress } from './bundling/compress.js';
import { eventTypes } from './bundling/event_types.js';
import { icons } from './bundling/icons.js';

const root = dirname(fileURLToPath(import.meta.url));
const output = join(root, 'dist');

// Everything is a file of the own origin: the page's policy allows neither inline scripts and styles
// nor data: addresses for anything but images.
export default defineConfig({
  root,
  plugins: [clarity(root), icons(root), eventTypes(root), compress(output)],
  build: {
    outDir: output,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    reportCompressedSize: false,
    // The set-up page of an appliance is an app of its own: it comes before anybody can sign in.
    rolldownOptions: { input: [join(root, 'index.html'), join(root, 'setup.html')] },
  },
  server: { proxy: { '/api': process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8080' } },
});
