// SPDX-License-Identifier: Apache-2.0
// The configurator's API of an appliance that is configured, which the console passes on.
import createClient from 'openapi-fetch';
import { deadline } from '../api/client';
import type { components, paths } from '../api/configurator_schema';

type Schemas = components['schemas'];
export type System = Schemas['System'];
export type Trial = Schemas['Trial'];
export type SystemOutcome = Schemas['SystemOutcome'];
export type SystemCertificate = Schemas['SystemCertificate'];
export type Images = Schemas['Images'];
export type ImageArchive = Schemas['ImageArchive'];
export type ImageOutcome = Schemas['ImageOutcome'];
export type PowerAction = Schemas['Power']['action'];

/// A change waits for the program of a step that is under way.
const timeout_ms = 60_000;

export const system = createClient<paths>({
  baseUrl: '/api/v1/appliance',
  headers: { 'X-Requested-With': 'millrace' },
  credentials: 'same-origin',
});
system.use(deadline(timeout_ms));
