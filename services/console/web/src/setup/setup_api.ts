// SPDX-License-Identifier: Apache-2.0
// The configurator's API, which the console passes on until the appliance is configured.
import { signal } from '@preact/signals';
import createClient from 'openapi-fetch';
import { deadline } from '../api/client';
import type { components, paths } from '../api/configurator_schema';

type Schemas = components['schemas'];
export type SetupStatus = Schemas['SetupStatus'];
export type SetupStep = Schemas['SetupStep'];
export type SetupForm = Schemas['SetupForm'];

/// What is on the VM's screen, once it was found right. Nowhere but in memory.
export const code = signal('');
export const code_header = 'X-Millrace-Setup-Code';

/// A form waits for the program of a step that is under way.
const timeout_ms = 60_000;

export const setup = createClient<paths>({
  baseUrl: '/api/v1/setup',
  headers: { 'X-Requested-With': 'millrace' },
  credentials: 'same-origin',
});
setup.use(deadline(timeout_ms));
setup.use({
  onRequest: ({ request }) => {
    if (code.peek() !== '' && !request.headers.has(code_header)) request.headers.set(code_header, code.peek());
    return request;
  },
});
