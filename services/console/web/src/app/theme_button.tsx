// SPDX-License-Identifier: Apache-2.0
import { t } from '../text/i18n';
import { Icon } from '../ui/icon';
import { theme, toggleTheme } from './theme';

export function ThemeButton() {
  const label = theme.value === 'dark' ? t('theme.light') : t('theme.dark');
  return (
    <button type="button" class="header-button" aria-label={label} title={label} onClick={toggleTheme}>
      <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} size={20} />
    </button>
  );
}
