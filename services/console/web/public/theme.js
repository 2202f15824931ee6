// SPDX-License-Identifier: Apache-2.0
// Runs before anything is painted, so that a dark page never flashes white.
(function () {
  var wanted;
  try { wanted = localStorage.getItem('millrace.theme'); } catch { wanted = null; }
  var dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.body.setAttribute('cds-theme', dark ? 'dark' : 'light');
})();
