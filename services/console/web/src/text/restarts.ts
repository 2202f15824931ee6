// SPDX-License-Identifier: Apache-2.0
import type { ServiceState } from '../api/types';
import { t } from './i18n';

type Restarts = NonNullable<ServiceState['restarts']>;

/// How often a service was restarted, in words; when it last was follows, if ever.
export function restartWords({ count }: Restarts): string {
  return count === 0 ? t('service.restarts.none') : t('service.restarts', { n: count });
}
