// SPDX-License-Identifier: Apache-2.0
// Runs against real services: MILLRACE_URL is the login link that `millrace up` prints. Everything the
// specs change they make themselves and take away again.
import { defineConfig } from '@playwright/test';
import { origin, session_file } from './support/target';

const chromium = process.env['MILLRACE_CHROMIUM'] ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL: origin,
    locale: 'en-US',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium,
      // Without these Chromium asks hosts of its maker at every start.
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
    },
  },
  projects: [
    { name: 'sign-in', testMatch: 'sign_in.setup.ts' },
    { name: 'console', testMatch: '*.spec.ts', dependencies: ['sign-in'], use: { storageState: session_file } },
  ],
});
