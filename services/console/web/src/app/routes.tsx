// SPDX-License-Identifier: Apache-2.0
import type { ComponentChild } from 'preact';
import { AboutPage } from '../about/about_page';
import { DatacentrePage } from '../datacentre/datacentre_page';
import { EventPage } from '../events/event_page';
import { EventsPage } from '../events/events_page';
import { CreatePage } from '../functions/create_page';
import { FunctionPage } from '../functions/function_page';
import { FunctionsPage } from '../functions/functions_page';
import { HelpPage } from '../pages/help';
import { OverviewPage } from '../pages/overview';
import { SystemPage } from '../system/system_page';
import { t } from '../text/i18n';
import { PageHead } from '../ui/page';
import { Empty } from '../ui/states';
import { matched } from './match';
import { path } from './router';

type Page = (parameters: Record<string, string>) => ComponentChild;

const routes: readonly [string, Page][] = [
  ['/', () => <OverviewPage />],
  ['/events', () => <EventsPage />],
  ['/events/:seq', ({ seq = '' }) => <EventPage key={seq} seq={seq} />],
  ['/functions', () => <FunctionsPage />],
  ['/functions/new', () => <CreatePage />],
  ['/functions/:name', ({ name = '' }) => <FunctionPage key={name} name={name} tab="code" />],
  ['/functions/:name/:tab', ({ name = '', tab = '' }) => <FunctionPage key={name} name={name} tab={tab} />],
  ['/datacentre', () => <DatacentrePage />],
  ['/system', () => <SystemPage tab="network" />],
  ['/system/:tab', ({ tab = '' }) => <SystemPage tab={tab} />],
  ['/help', () => <HelpPage />],
  ['/about', () => <AboutPage />],
];

function NotFound() {
  return (
    <>
      <PageHead title={t('notFound.title')} />
      <Empty icon="unknown" title={t('notFound.detail')}><a class="btn btn-primary" href="/">{t('notFound.home')}</a></Empty>
    </>
  );
}

export function Routes() {
  for (const [pattern, page] of routes) {
    const parameters = matched(pattern, path.value);
    if (parameters) return page(parameters);
  }
  return <NotFound />;
}
