// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { eventTypes } from './bundling/event_types.js';
import { icons } from './bundling/icons.js';

const root = dirname(fileURLToPath(import.meta.url));

export default defineConfig({
  plugins: [icons(root), eventTypes(root)],
  test: { include: ['tests/**/*.test.ts'], environment: 'node', env: { TZ: 'UTC' } },
});
