// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../text/i18n';
import { Icon } from './icon';

interface Props {
  title: string;
  children: ComponentChildren;
  footer?: ComponentChildren;
  /// Called for Escape and the close button; without it the dialog stays until it is answered.
  close?: () => void;
}

/// A modal `<dialog>`: the browser keeps the focus inside; at the end it goes back to where it was,
/// which the browser does not do for a dialog that is taken out of the page.
export function Dialog({ title, children, footer, close }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const onCancel = (event: Event) => {
    event.preventDefault();
    close?.();
  };
  return (
    <dialog class="dialog" ref={element} aria-labelledby={heading} onCancel={onCancel}>
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        {close && <button type="button" class="icon-button" aria-label={t('close')} onClick={close}><Icon name="close" /></button>}
      </div>
      <div class="dialog-body">{children}</div>
      {footer && <div class="dialog-foot">{footer}</div>}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  action: string;
  danger?: boolean;
  busy?: boolean;
  confirm: () => void;
  close: () => void;
}

export function Confirm({ title, children, action, danger = false, busy = false, confirm, close }: ConfirmProps) {
  const footer = (
    <>
      <button type="button" class="btn btn-outline" onClick={close}>{t('cancel')}</button>
      <button type="button" class={`btn ${danger ? 'btn-danger' : 'btn-primary'}`} disabled={busy} onClick={confirm}>{action}</button>
    </>
  );
  return <Dialog title={title} close={close} footer={footer}>{children}</Dialog>;
}
