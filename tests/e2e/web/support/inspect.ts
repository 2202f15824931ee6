// SPDX-License-Identifier: Apache-2.0
// Looks at a page that is open: in light and dark, accessible, no sideways scrolling, a picture each.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { screenshots } from './target';

export const widths = [1440, 1024, 360] as const;
// With the rules that are good practice: what axe calls moderate and minor, too.
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/// Rows that the same code makes again and again: the first few stand for all.
const repeated = ['.host ~ .host ~ .host', 'tbody tr:nth-child(n+6)', '.log-line:nth-child(n+12)', '.feed li:nth-child(n+6)'];

/// No violation of WCAG 2.2 AA or of good practice that axe can see, but for the rules in `without`.
async function expectAccessible(page: Page, without: string[]): Promise<void> {
  const builder = new AxeBuilder({ page }).withTags(rules).disableRules(without);
  for (const rows of repeated) builder.exclude(rows);
  const { violations } = await builder.analyze();
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(said, 'accessibility violations').toEqual([]);
}

/// At no width does a page have to be scrolled sideways.
async function expectReflow(page: Page): Promise<void> {
  const over = await page.evaluate(() => {
    const scrolled = document.querySelector('#main') ?? document.documentElement;
    return scrolled.scrollWidth - scrolled.clientWidth;
  });
  expect(over, 'pixels wider than the window').toBeLessThanOrEqual(0);
}

/// The colours are the same at every width, so the costly rule about contrast runs at the first only.
export async function inspect(page: Page, name: string): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await expect(page.locator('body')).toHaveAttribute('cds-theme', theme);
    await page.screenshot({ path: `${screenshots}/${name}-${theme}-${width}.png` });
    if (width === widths[0]) await expectAccessible(page, []);
  }
  if (width !== widths[0]) await expectAccessible(page, ['color-contrast']);
  await expectReflow(page);
}
