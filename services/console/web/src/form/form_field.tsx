// SPDX-License-Identifier: Apache-2.0
import { t } from '../text/i18n';
import { CheckField, PasswordField, SelectField, TextAreaField, TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { fieldId } from './field_id';
import { isLong, isOn, shownValue, type Draft, type Form, type FormField as Field } from './form';

export interface FieldProps { field: Field; form: Form; draft: Draft; change: (key: string, value: string) => void; error: string | undefined }

function Control({ field, form, draft, change, error }: FieldProps) {
  const value = shownValue(field, form, draft);
  const isKept = field.secret && form.secretsSet.includes(field.key);
  const hint = [field.help, isKept ? t('form.secret.kept') : ''].filter((part) => part !== '').join(' ');
  const set = (next: string) => change(field.key, next);
  const common = { label: field.label, hint, error, required: field.required, value, change: set };
  const placeholder = field.default !== '' ? field.default : field.example;
  if (field.type === 'boolean') {
    return (
      <div class={`field ${error ? 'field-invalid' : ''}`}>
        <CheckField label={field.label} checked={isOn(value)} change={(on) => set(on ? 'true' : 'false')} />
        {error && <p class="field-error"><Icon name="danger-solid" size={14} /> {error}</p>}
        {hint !== '' && <p class="field-hint">{hint}</p>}
      </div>
    );
  }
  if (field.choices) {
    // A value that is none of them is shown as it is, or nobody would see what is wrong.
    const choices = field.choices.includes(value) || value === '' ? field.choices : [value, ...field.choices];
    return <SelectField {...common} options={choices.map((choice) => ({ value: choice, label: choice }))} />;
  }
  if (isLong(field)) return <TextAreaField {...common} placeholder={isKept ? '' : placeholder} />;
  if (field.secret) return <PasswordField {...common} autocomplete="new-password" placeholder={isKept ? '••••••••' : ''} />;
  return <TextField {...common} mono placeholder={placeholder} />;
}

export function FormField(props: FieldProps) {
  return <div id={fieldId(props.field.key)}><Control {...props} /></div>;
}
