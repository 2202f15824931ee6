// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Rates } from '../api/types';
import { theme } from '../app/theme';
import { grouped } from '../text/format';
import { t } from '../text/i18n';
import { Empty, Loading, NotLoaded } from '../ui/states';
import type { Plot } from './plot';
import { series } from './series';

function summary(rates: Rates): string {
  const total = rates.points.reduce((sum, point) => sum + point.received, 0);
  const most = rates.points.reduce((max, point) => Math.max(max, point.received * 60 / rates.stepSeconds), 0);
  return t('plot.summary', { total: grouped(total), most: grouped(Math.round(most)) });
}

export function RatePlot({ rates }: { rates: Rates }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  const newest = useRef(rates);
  newest.current = rates;
  const colours = theme.value;
  const empty = rates.points.every((point) => point.received + point.delivered + point.failed === 0);
  useEffect(() => {
    if (empty) return undefined;
    let gone = false;
    import('./plot').then(({ draw }) => {
      if (gone || !place.current) return;
      plot.current = draw(place.current, series(newest.current));
      setState('ready');
    }, () => setState('failed'));
    return () => {
      gone = true;
      plot.current?.remove();
      plot.current = undefined;
    };
  }, [colours, empty]);
  useEffect(() => plot.current?.show(series(rates)), [rates]);
  if (state === 'failed') return <NotLoaded />;
  if (empty) return <Empty icon="dashboard" title={t('plot.noData')}><p>{t('plot.noData.detail')}</p></Empty>;
  return (
    <div class="plot" aria-label={summary(rates)} role="img">
      {state === 'loading' && <Loading />}
      <div ref={place} />
      <div class="legend" aria-hidden="true">
        <span class="legend-received">{t('plot.received')}</span>
        <span class="legend-delivered">{t('plot.delivered')}</span>
        <span class="legend-failed">{t('plot.failed')}</span>
      </div>
    </div>
  );
}
