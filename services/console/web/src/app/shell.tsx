// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { reachable } from '../api/client';
import { connection } from '../stream/stream';
import { hasAppliance, isUnderWay } from '../system/system_state';
import { TrialStrip } from '../system/trial_strip';
import { t, type Key } from '../text/i18n';
import { Icon } from '../ui/icon';
import { announcement } from './announce';
import { NoticeList } from './notice_list';
import { report } from './notices';
import { path } from './router';
import { session, signOut, simulated } from './session';
import { ThemeButton } from './theme_button';

interface Entry { href: string; icon: string; label: Key; shown: () => boolean }

// In the order of the screen map; later pages find their place between these.
const entries: readonly Entry[] = [
  { href: '/', icon: 'dashboard', label: 'nav.overview', shown: () => true },
  { href: '/functions', icon: 'functions', label: 'nav.functions', shown: () => true },
  { href: '/events', icon: 'events', label: 'nav.events', shown: () => true },
  { href: '/datacentre', icon: 'datacentre', label: 'nav.datacentre', shown: () => simulated.value },
  { href: '/system', icon: 'settings', label: 'nav.system', shown: () => hasAppliance.value },
];

function isCurrent(href: string, at: string): boolean {
  return href === '/' ? at === '/' : at === href || at.startsWith(`${href}/`);
}

function Navigation() {
  return (
    <nav class="clr-vertical-nav side-nav" id="navigation" aria-label={t('nav.label')}>
      <div class="nav-content">
        {entries.filter((entry) => entry.shown()).map(({ href, icon, label }) => {
          const current = isCurrent(href, path.value);
          return (
            <a key={href} class={`nav-link ${current ? 'active' : ''}`} href={href} aria-current={current ? 'page' : undefined}>
              <Icon name={icon} size={18} class="nav-icon" /><span class="nav-text">{t(label)}</span>
            </a>
          );
        })}
      </div>
      <p class="nav-foot"><a class="text-link" href="/about" aria-current={path.value === '/about' ? 'page' : undefined}>{t('product')} {session.value?.version}</a></p>
    </nav>
  );
}

async function leave(): Promise<void> {
  const problem = await signOut();
  if (problem) report(problem);
}

function Header({ open, toggle }: { open: boolean; toggle: () => void }) {
  return (
    <header class="header app-header">
      <button type="button" class="header-button nav-toggle" aria-expanded={open} aria-controls="navigation"
        aria-label={t('nav.toggle')} onClick={toggle}><Icon name={open ? 'close' : 'menu'} size={22} /></button>
      <div class="branding">
        <a href="/" class="nav-link"><Icon name="millrace" size={26} class="brand-icon" /><span class="title">{t('product')}</span></a>
      </div>
      <div class="header-right">
        {simulated.value && <span class="header-tag"><Icon name="info" size={14} />{t('header.simulated')}</span>}
        <a class="header-button" href="/help" aria-label={t('help.title')} title={t('help.title')}><Icon name="unknown" size={20} /></a>
        <ThemeButton />
        <span class="header-user"><Icon name="user" size={18} /><span>{session.value?.user}</span></span>
        <button type="button" class="header-button" aria-label={t('signOut')} title={t('signOut')}
          onClick={() => { void leave(); }}><Icon name="logout" size={20} /></button>
      </div>
    </header>
  );
}

/// What is wrong with the console itself, above every page; a change of the appliance tells that it does not answer, and why.
function Banner() {
  if (isUnderWay.value) return null;
  if (!reachable.value) return <p class="banner banner-danger" role="alert"><Icon name="danger-solid" /> {t('banner.unreachable')}</p>;
  if (connection.value === 'lost') return <p class="banner banner-warning" role="status"><Icon name="warning-solid" /> {t('banner.stream')}</p>;
  return null;
}

export function Shell({ children }: { children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const at = path.value;
  useEffect(() => setOpen(false), [at]);
  return (
    <div class={`main-container app ${open ? 'nav-open' : ''}`}>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>{t('skip')}</a>
      <Header open={open} toggle={() => setOpen(!open)} />
      <Banner />
      {hasAppliance.value && <TrialStrip />}
      <div class="content-container">
        <Navigation />
        <main class="content-area" id="main" tabIndex={-1}>{children}</main>
      </div>
      <NoticeList />
      <div class="visually-hidden" aria-live="polite">{announcement.value}</div>
    </div>
  );
}
