// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { icons } from './bundling/icons.js';

export default defineConfig({
  plugins: [icons(dirname(fileURLToPath(import.meta.url)))],
  test: { include: ['tests/**/*.test.ts'], environment: 'node', env: { TZ: 'UTC' } },
});
