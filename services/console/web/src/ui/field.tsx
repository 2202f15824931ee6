// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../text/i18n';
import { Icon } from './icon';

interface Common {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  required?: boolean;
}

interface FrameProps extends Common { id: string; children: ComponentChildren }

/// Label, control, hint and error of one field, tied together for screen readers.
function Frame({ id, label, hint, error, required, children }: FrameProps) {
  return (
    <div class={`field ${error ? 'field-invalid' : ''}`}>
      <label for={id}>{label}{required && <span class="field-required" aria-hidden="true"> *</span>}</label>
      {children}
      {error && <p class="field-error" id={`${id}-error`}><Icon name="danger-solid" size={14} /> {error}</p>}
      {hint && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

function described(id: string, { hint, error }: Common): string | undefined {
  const ids = [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter((part) => part !== '');
  return ids.length > 0 ? ids.join(' ') : undefined;
}

/// Preact types each kind of `<input>` on its own; for the attributes used here they are the same.
function ofType(type: string): { type: 'text' } {
  return { type } as { type: 'text' };
}

interface TextProps extends Common {
  value: string;
  change: (value: string) => void;
  type?: 'text' | 'url' | 'number' | 'datetime-local' | 'search';
  autocomplete?: string;
  placeholder?: string | undefined;
  mono?: boolean;
  maxLength?: number;
}

export function TextField(props: TextProps) {
  const id = useId();
  const { value, change, type = 'text', mono = false } = props;
  return (
    <Frame id={id} {...props}>
      <input id={id} class={`input ${mono ? 'mono' : ''}`} {...ofType(type)} value={value} maxLength={props.maxLength}
        placeholder={props.placeholder} autocomplete={props.autocomplete ?? 'off'} spellcheck={false}
        required={props.required} aria-invalid={props.error ? 'true' : undefined} aria-describedby={described(id, props)}
        onInput={(event) => change(event.currentTarget.value)} />
    </Frame>
  );
}

interface PasswordProps extends Common { value: string; change: (value: string) => void; autocomplete?: string; placeholder?: string | undefined }

/// Hidden text with a button that shows it.
export function PasswordField(props: PasswordProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <Frame id={id} {...props}>
      <span class="input-group">
        <input id={id} class="input mono" {...ofType(shown ? 'text' : 'password')} value={props.value} placeholder={props.placeholder}
          autocomplete={props.autocomplete ?? 'off'} spellcheck={false} required={props.required}
          aria-invalid={props.error ? 'true' : undefined} aria-describedby={described(id, props)}
          onInput={(event) => props.change(event.currentTarget.value)} />
        <button type="button" class="icon-button" aria-pressed={shown} aria-label={t('password.show')}
          title={t('password.show')} onClick={() => setShown(!shown)}><Icon name={shown ? 'eye-hide' : 'eye'} /></button>
      </span>
    </Frame>
  );
}

interface TextAreaProps extends Common { value: string; change: (value: string) => void; placeholder?: string | undefined }

/// For text whose line ends matter, which a one-line field would drop.
export function TextAreaField(props: TextAreaProps) {
  const id = useId();
  return (
    <Frame id={id} {...props}>
      <textarea id={id} class="input mono text-area" rows={6} value={props.value} placeholder={props.placeholder} spellcheck={false}
        autocomplete="off" required={props.required} aria-invalid={props.error ? 'true' : undefined}
        aria-describedby={described(id, props)} onInput={(event) => props.change(event.currentTarget.value)} />
    </Frame>
  );
}

interface SelectProps extends Common { value: string; change: (value: string) => void; options: readonly { value: string; label: string }[] }

export function SelectField(props: SelectProps) {
  const id = useId();
  return (
    <Frame id={id} {...props}>
      <span class="select">
        <select id={id} value={props.value} aria-describedby={described(id, props)}
          onChange={(event) => props.change(event.currentTarget.value)}>
          {props.options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
        </select>
      </span>
    </Frame>
  );
}

interface CheckProps { label: string; checked: boolean; change: (on: boolean) => void }

export function CheckField({ label, checked, change }: CheckProps) {
  const id = useId();
  return (
    <span class="check">
      <input id={id} type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
      <label for={id}>{label}</label>
    </span>
  );
}
