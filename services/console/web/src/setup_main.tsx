// SPDX-License-Identifier: Apache-2.0
import 'virtual:clarity.css';
import './styles/index.css';
import { render } from 'preact';
import { startTheme } from './app/theme';
import { SetupPage } from './setup/setup_page';
import { startAsking } from './setup/setup_state';

const root = document.getElementById('app');
if (root) {
  startTheme();
  startAsking();
  render(<SetupPage />, root);
}
