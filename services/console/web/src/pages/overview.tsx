// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'preact/hooks';
import { api, background, outcome } from '../api/client';
import type { FunctionSummary, Overview, ServiceState, Source } from '../api/types';
import { useResource } from '../app/resource';
import { isFailing } from '../functions/functions_page';
import { followPage, functionsGone, functionsSeen, overviewSeen, sourceKey, sourcesSeen } from '../stream/stream';
import { grouped, milliseconds, rounded } from '../text/format';
import { t, type Key } from '../text/i18n';
import { restartWords } from '../text/restarts';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { Card, PageHead } from '../ui/page';
import { Empty, Loading, ProblemAlert } from '../ui/states';
import { FunctionStatus, ServiceStatus, SourceStatus } from '../ui/status';
import { Ago } from '../ui/time';
import { FirstSteps } from './first_steps';
import { RatePlot } from './rate_plot';
import { counted } from './series';

interface TileProps { icon: string; label: string; value: string; unit?: string; tone?: string; href?: string }

/// A figure; with `href` a link to what it counts.
function Tile({ icon, label, value, unit, tone = '', href }: TileProps) {
  const body = (
    <>
      <Icon name={icon} size={22} />
      <div><p class="tile-value">{value}{unit && <span class="tile-unit"> {unit}</span>}</p><p class="tile-label">{label}</p></div>
    </>
  );
  return href === undefined ? <div class={`tile ${tone}`}>{body}</div> : <a class={`tile tile-link ${tone}`} href={href}>{body}</a>;
}

function Tiles({ overview }: { overview: Overview }) {
  const { points, stepSeconds } = overview.rates;
  const sum = (pick: (point: Overview['rates']['points'][number]) => number) => points.reduce((total, point) => total + pick(point), 0);
  const whole = counted(overview.rates).at(-1);
  const minute = whole ? grouped(Math.round(whole.received * 60 / stepSeconds)) : t('none');
  const failed = sum((point) => point.failed);
  return (
    <div class="tiles">
      <Tile icon="events" label={t('overview.rate')} value={minute} unit={t('overview.perMinute')} />
      <Tile icon="history" label={t('overview.received')} value={rounded(sum((point) => point.received))} />
      <Tile icon="success" label={t('overview.delivered')} value={rounded(sum((point) => point.delivered))} />
      <Tile icon="clock" label={t('overview.pending')} value={rounded(overview.pending)} href="/events?outcome=pending" />
      <Tile icon={failed > 0 ? 'warning' : 'check'} label={t('overview.failed')} value={rounded(failed)} tone={failed > 0 ? 'tile-warning' : ''} href="/events?outcome=failed" />
    </div>
  );
}

function SourceItem({ source }: { source: Source }) {
  return (
    <li class="source">
      <div class="source-head"><Icon name="connect" size={20} /><strong>{source.name}</strong><SourceStatus state={source.state} /></div>
      <p class="muted mono source-address">{visible(source.address)}</p>
      {source.cause !== '' && <p class="cause">{visible(source.cause)}</p>}
      <dl class="facts">
        <div><dt>{t('source.lastEvent')}</dt><dd><Ago at={source.lastEventAt} /></dd></div>
        <div><dt>{t('source.lag')}</dt><dd>{source.lagMs === null ? t('none') : milliseconds(source.lagMs)}</dd></div>
        <div><dt>{t('source.events')}</dt><dd>{grouped(source.events)}</dd></div>
        {source.refused > 0 && <div><dt>{t('source.refused')}</dt><dd class="text-danger">{grouped(source.refused)}</dd></div>}
        <div><dt>{t('source.gaps')}</dt><dd class={source.gaps > 0 ? 'text-warning' : ''}>{grouped(source.gaps)}</dd></div>
      </dl>
    </li>
  );
}

/// What the stream said of a source last is newer than what was loaded.
function newestOf(sources: readonly Source[]): Source[] {
  return sources.map((source) => sourcesSeen.value.get(sourceKey(source)) ?? source);
}

function Sources({ sources }: { sources: readonly Source[] }) {
  const live = newestOf(sources);
  return (
    <Card title={t('overview.sources')} icon="connect">
      {live.length === 0
        ? <Empty icon="connect" title={t('overview.noSources')} />
        : <ul class="plain">{live.map((source) => <SourceItem key={sourceKey(source)} source={source} />)}</ul>}
    </Card>
  );
}

function Failing({ functions }: { functions: readonly FunctionSummary[] }) {
  return (
    <Card title={t('overview.failing')} icon="warning" aside={<a href="/functions">{t('overview.allFunctions')}</a>}>
      {functions.length === 0
        ? <p class="calm"><Icon name="success-solid" size={18} /> {t('overview.noneFailing')}</p>
        : (
          <ul class="plain divided">
            {functions.map((item) => (
              <li key={item.name}>
                <div class="row"><a href={`/functions/${item.name}/logs`}><strong>{item.name}</strong></a><FunctionStatus state={item.state} /></div>
                <p class="cause">{visible(item.cause)}</p>
              </li>
            ))}
          </ul>
        )}
    </Card>
  );
}

/// Nothing where Millrace is not what keeps its services running.
function RestartLine({ restarts }: { restarts: ServiceState['restarts'] }) {
  if (restarts === null) return null;
  return <p class="cause">{restartWords(restarts)}{restarts.lastAt !== null && <> <Ago at={restarts.lastAt} /></>}</p>;
}

function Services({ services }: { services: readonly ServiceState[] }) {
  return (
    <Card title={t('overview.services')} icon="service">
      <ul class="plain divided">
        {services.map((service) => (
          <li key={service.name}>
            <div class="row"><span>{t(`service.${service.name}` as Key)}</span><ServiceStatus state={service.state} /></div>
            {service.cause !== '' && <p class="cause">{visible(service.cause)}</p>}
            <RestartLine restarts={service.restarts} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

/// The failing ones as the stream last told it: some have recovered since the list was made, others
/// have begun to fail.
function stillFailing(listed: readonly FunctionSummary[]): FunctionSummary[] {
  const all = new Map(listed.map((item) => [item.name, item]));
  for (const [name, item] of functionsSeen.value) all.set(name, item);
  return [...all.values()].filter((item) => isFailing(item) && !functionsGone.value.has(item.name));
}

/// What keeps events from arriving, at the top and not only in the cards further down.
function Attention({ overview }: { overview: Overview }) {
  const sources = newestOf(overview.sources).filter(({ state }) => state === 'Error')
    .map((source) => ({ key: sourceKey(source), title: t('attention.source', { name: source.name }), cause: source.cause }));
  const services = overview.services.filter(({ state }) => state === 'down')
    .map(({ name, cause }) => ({ key: name, title: t('attention.service', { name: t(`service.${name}` as Key) }), cause }));
  return (
    <>
      {[...services, ...sources].map(({ key, title, cause }) => (
        <div key={key} class="notice notice-danger" role="alert">
          <Icon name="danger-solid" size={20} class="notice-icon" />
          <div class="notice-text"><p class="notice-title">{title}</p><p class="notice-detail">{visible(cause)}</p></div>
        </div>
      ))}
    </>
  );
}

function Body({ overview }: { overview: Overview }) {
  return (
    <>
      <Attention overview={overview} />
      <FirstSteps overview={overview} />
      <Tiles overview={overview} />
      <div class="columns">
        <div class="column-wide">
          <Card title={t('overview.plot')} icon="dashboard" aside={<a href="/events">{t('overview.allEvents')}</a>}><RatePlot rates={overview.rates} /></Card>
          <Failing functions={stillFailing(overview.failingFunctions)} />
        </div>
        <div class="column">
          <Sources sources={overview.sources} />
          <Services services={overview.services} />
        </div>
      </div>
    </>
  );
}

export function OverviewPage() {
  const { data: read, problem, reload } = useResource('overview', () => outcome(api.GET('/overview', { params: background })));
  useEffect(() => followPage('overview'), []);
  const data = overviewSeen.value ?? read;
  return (
    <>
      <PageHead title={t('nav.overview')} lead={t('overview.lead')} />
      {problem && !overviewSeen.value && <ProblemAlert problem={problem} retry={() => { void reload(); }} />}
      {data ? <Body overview={data} /> : !problem && <Loading />}
    </>
  );
}
