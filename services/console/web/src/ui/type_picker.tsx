// SPDX-License-Identifier: Apache-2.0
import { useId, useMemo, useRef, useState } from 'preact/hooks';
import vsphereEventTypes from 'virtual:vsphere-event-types';
import type { EventType } from '../api/types';
import { announce } from '../app/announce';
import { className, humanType } from '../text/event_names';
import { t } from '../text/i18n';
import { Icon } from './icon';

interface Props {
  label: string;
  hint?: string;
  error?: string | undefined;
  seen: readonly EventType[];
  /// Types that are chosen already and not offered again.
  chosen: readonly string[];
  choose: (type: string) => void;
  placeholder?: string;
}

const offered_max = 50;
const vsphereTypes = vsphereEventTypes.map((name) => `com.vmware.vsphere.${name}.v0`);

/// `count`: how often it was seen; 0: vCenter has it; undefined: nobody knows such a type.
interface Offer { type: string; count: number | undefined }

/// The types that hold every word typed, those seen first, then what vCenter has; last the text itself
/// as a type of its own.
export function offers(seen: readonly EventType[], chosen: readonly string[], text: string): Offer[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const typed = fullType(text.trim());
  const known = new Set(seen.map(({ type }) => type));
  const all: Offer[] = [...seen, ...(words.length === 0 ? [] : vsphereTypes).filter((type) => !known.has(type)).map((type) => ({ type, count: 0 }))];
  const fitting = all
    .filter(({ type }) => !chosen.includes(type))
    .filter(({ type }) => {
      const searched = `${type} ${humanType(type)}`.toLowerCase();
      return words.every((word) => searched.includes(word));
    })
    .sort((a, b) => Number(b.type === typed) - Number(a.type === typed))
    .slice(0, offered_max);
  if (/^\S+$/.test(typed) && !all.some(({ type }) => type === typed) && !chosen.includes(typed)) {
    fitting.push({ type: typed, count: undefined });
  }
  return fitting;
}

/// A bare class name stands for vCenter's type of that name.
export function fullType(typed: string): string {
  return /^[A-Z][A-Za-z]+Event(Ex)?$/.test(typed) ? `com.vmware.vsphere.${typed}.v0` : typed;
}

function asideOf({ count }: Offer): string {
  if (count === undefined) return t('types.unknown');
  return count === 0 ? t('types.notSeen') : t('types.seen', { n: count });
}

interface OptionProps { id: string; offer: Offer; active: boolean; choose: () => void }

function Option({ id, offer, active, choose }: OptionProps) {
  return (
    <li id={id} role="option" aria-selected={active} class={`${active ? 'active' : ''} ${offer.count === undefined ? 'option-free' : ''}`}
      onPointerDown={(event) => { event.preventDefault(); choose(); }}>
      <span class="option-main">{offer.count === undefined ? t('types.use', { type: offer.type }) : humanType(offer.type)}</span>
      <span class="option-detail mono">{className(offer.type)}</span>
      <span class="option-aside">{asideOf(offer)}</span>
    </li>
  );
}

/// A search field with a list of the event types seen so far and of those vCenter has; any other type
/// can be typed and has to be confirmed.
export function TypePicker({ label, hint, error, seen, chosen, choose, placeholder }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  // A type that nobody knows is taken only by a second Enter: an arrow too many must not choose it.
  const [asked, setAsked] = useState('');
  const list = useMemo(() => offers(seen, chosen, text), [seen, chosen, text]);
  const take = (offer: Offer | undefined) => {
    if (!offer) return;
    if (offer.count === undefined && asked !== offer.type) {
      setAsked(offer.type);
      announce(t('types.sure', { type: offer.type }));
      return;
    }
    choose(offer.type);
    setAsked('');
    setText('');
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') { setOpen(true); setActive((at) => Math.min(at + 1, list.length - 1)); }
    else if (event.key === 'ArrowUp') setActive((at) => Math.max(at - 1, 0));
    else if (event.key === 'Enter' && open) take(list[active]);
    else if (event.key === 'Escape' && open) setOpen(false);
    else return;
    event.preventDefault();
  };
  const type = (value: string) => { setText(value); setActive(0); setOpen(true); setAsked(''); };
  const shown = open && list.length > 0;
  return (
    <div class={`field picker ${error ? 'field-invalid' : ''}`}>
      <label for={id}>{label}</label>
      <span class="input-group">
        <Icon name="search" class="input-icon" />
        <input id={id} ref={input} class="input" type="text" role="combobox" aria-autocomplete="list" aria-expanded={shown}
          aria-controls={`${id}-list`} aria-activedescendant={shown ? `${id}-${active}` : undefined} autocomplete="off"
          aria-describedby={hint ? `${id}-hint` : undefined} spellcheck={false} value={text} placeholder={placeholder}
          onInput={(event) => type(event.currentTarget.value)} onKeyDown={onKeyDown}
          onClick={() => setOpen(true)} onBlur={() => setOpen(false)} />
      </span>
      <ul id={`${id}-list`} role="listbox" aria-label={label} class={`picker-list ${shown ? '' : 'hidden'}`}>
        {shown && list.map((offer, i) => (
          <Option key={offer.type} id={`${id}-${i}`} offer={offer} active={i === active} choose={() => take(offer)} />
        ))}
      </ul>
      {asked !== '' && <p class="field-hint field-warning"><Icon name="warning-solid" size={14} /> {t('types.sure', { type: asked })}</p>}
      {error && <p class="field-error"><Icon name="danger-solid" size={14} /> {error}</p>}
      {hint && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}
