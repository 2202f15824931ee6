// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { fieldId } from './field_id';
import { fieldsOf, labelOf, type Form } from './form';

/// Opens the group it is in and goes there.
export function goToField(key: string): void {
  const place = document.getElementById(fieldId(key));
  const group = place?.closest('details');
  if (group) group.open = true;
  place?.querySelector<HTMLElement>('input, textarea, select')?.focus();
}

interface Props { form: Form; faults: Map<string, string>; go?: (key: string) => void }

/// All that is wrong, in the order of the form; takes the focus when it comes, so that it is read out.
export function FaultList({ form, faults, go = goToField }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const told = [...faults].join();
  useEffect(() => { box.current?.focus(); }, [told]);
  const order = fieldsOf(form).map(({ key }) => key);
  const keys = [...faults.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return (
    <div class="notice notice-danger" role="alert" tabIndex={-1} ref={box}>
      <Icon name="danger-solid" size={20} class="notice-icon" />
      <div class="notice-text">
        <p class="notice-title">{t('form.faults', { n: faults.size })}</p>
        <ul class="problem-faults">
          {keys.map((key) => (
            <li key={key}>
              {order.includes(key)
                ? <a class="text-link" href={`#${fieldId(key)}`} onClick={(event) => { event.preventDefault(); go(key); }}>{labelOf(form, key)}</a>
                : <strong>{visible(key)}</strong>}: {visible(faults.get(key) ?? '')}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
