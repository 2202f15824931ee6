// SPDX-License-Identifier: Apache-2.0
import { t } from '../text/i18n';
import { Icon } from '../ui/icon';
import { ProblemAlert } from '../ui/states';
import { dismiss, notices } from './notices';

export function NoticeList() {
  if (notices.value.length === 0) return null;
  return (
    <div class="toasts">
      {notices.value.map(({ id, text, problem }) => problem
        ? <ProblemAlert key={id} problem={problem} close={() => dismiss(id)} />
        : (
          <div key={id} class="notice notice-success">
            <Icon name="success-solid" size={20} class="notice-icon" />
            <div class="notice-text"><p class="notice-detail">{text}</p></div>
            <button type="button" class="icon-button" aria-label={t('close')} onClick={() => dismiss(id)}><Icon name="close" /></button>
          </div>
        ))}
    </div>
  );
}
