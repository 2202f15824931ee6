// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../text/i18n';
import { Icon } from './icon';

export interface Crumb { label: string; href: string }

interface Props {
  title: string;
  lead?: ComponentChildren;
  crumbs?: readonly Crumb[];
  badge?: ComponentChildren;
  actions?: ComponentChildren;
}

let first = true;

/// The head of a page. The heading takes the focus when the route changes, so that a screen reader
/// says where one is; not at the first load, where the browser has done that.
export function PageHead({ title, lead, crumbs, badge, actions }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title]);
  useEffect(() => {
    if (!first) heading.current?.focus({ preventScroll: true });
    first = false;
  }, []);
  return (
    <header class="page-head">
      {crumbs && (
        <nav class="crumbs" aria-label={t('crumbs')}>
          {crumbs.map((crumb) => (
            <span key={crumb.href}><a href={crumb.href}>{crumb.label}</a><Icon name="angle" turn={90} size={10} /></span>
          ))}
        </nav>
      )}
      <div class="page-title">
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {badge}
        {actions && <div class="page-actions">{actions}</div>}
      </div>
      {lead && <p class="page-lead">{lead}</p>}
    </header>
  );
}

interface CardProps { title: string; icon?: string; aside?: ComponentChildren; class?: string; children: ComponentChildren }

export function Card({ title, icon, aside, class: extra = '', children }: CardProps) {
  return (
    <section class={`panel ${extra}`} aria-label={title}>
      <div class="panel-head">
        {icon && <Icon name={icon} size={18} />}
        <h2>{title}</h2>
        {aside && <div class="panel-aside">{aside}</div>}
      </div>
      <div class="panel-body">{children}</div>
    </section>
  );
}

export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Crumb[]; current: string }) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  return (
    <nav class="tabs" aria-label={label}>
      <ul class="nav" ref={list}>
        {tabs.map((tab) => (
          <li class="nav-item" key={tab.href}>
            <a class={`nav-link ${tab.href === current ? 'active' : ''}`} href={tab.href}
              aria-current={tab.href === current ? 'page' : undefined}>{tab.label}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
