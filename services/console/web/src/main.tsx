// SPDX-License-Identifier: Apache-2.0
import 'virtual:clarity.css';
import './styles/index.css';
import { render } from 'preact';
import { App, start } from './app/app';

const root = document.getElementById('app');
if (root) {
  start();
  render(<App />, root);
}
