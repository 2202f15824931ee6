// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';

const given = process.env['MILLRACE_URL'];
if (!given) throw new Error('Set MILLRACE_URL to the login link that "millrace up" prints.');

/// `http://127.0.0.1:8080/login#code=…`
export const login_link = given;
export const origin = new URL(given).origin;
export const code = new URLSearchParams(new URL(given).hash.slice(1)).get('code') ?? '';
/// The console of an appliance that is not configured yet, and the code on its screen.
export const setup_url = process.env['MILLRACE_SETUP_URL'] ?? '';
export const setup_code = process.env['MILLRACE_SETUP_CODE'] ?? '';
/// The password that its form is given.
export const setup_password = process.env['MILLRACE_SETUP_PASSWORD'] ?? '';
/// The state folder of the services, to read their process ids and fresh login links.
export const state_folder = process.env['MILLRACE_STATE'] ?? '';
export const session_file = join(import.meta.dirname, '..', 'test-results', 'session.json');
export const screenshots = process.env['MILLRACE_SCREENSHOTS'] ?? join(import.meta.dirname, '..', 'screenshots');
