// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon';

export interface MenuItem { label: string; icon?: string; disabled?: boolean; act: () => void }

function move(list: HTMLElement | null, step: number): void {
  const items = [...(list?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])];
  if (items.length === 0) return;
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
}

interface ItemProps { item: MenuItem; done: () => void }

function Item({ item, done }: ItemProps) {
  const act = () => { done(); item.act(); };
  return (
    <li role="none">
      <button type="button" role="menuitem" tabIndex={-1} disabled={item.disabled} onClick={act}>
        {item.icon && <Icon name={item.icon} />}{item.label}
      </button>
    </li>
  );
}

/// A button with a list of actions: arrow keys move, Escape closes and gives the focus back.
export function Menu({ label, icon = 'more', items }: { label: string; icon?: string; items: readonly MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    move(list.current, 1);
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') move(list.current, 1);
    else if (event.key === 'ArrowUp') move(list.current, -1);
    else if (event.key === 'Tab') { setOpen(false); return; } else return;
    event.preventDefault();
  };
  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button type="button" class="icon-button" aria-haspopup="menu" aria-expanded={open} aria-label={label}
        title={label} onClick={() => setOpen(!open)}><Icon name={icon} size={18} /></button>
      {open && (
        <ul role="menu" aria-label={label} ref={list}>
          {items.map((item) => <Item key={item.label} item={item} done={close} />)}
        </ul>
      )}
    </div>
  );
}
