// SPDX-License-Identifier: Apache-2.0
// Loaded with the first plot, not with the page.
import UPlot from 'uplot';

export interface Plot {
  show: (columns: (number | null)[][]) => void;
  remove: () => void;
}

const height_px = 220;

function token(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

function axis(values?: (self: UPlot, splits: number[]) => string[]): UPlot.Axis {
  return {
    stroke: token('--plot-text'), font: '12px "Clarity City", sans-serif', size: 46,
    grid: { stroke: token('--plot-grid'), width: 1 }, ticks: { show: false }, ...(values ? { values } : {}),
  };
}

function options(width: number): UPlot.Options {
  const line = (colour: string, fill?: string): UPlot.Series =>
    ({ stroke: token(colour), width: 2, points: { show: false }, spanGaps: false, ...(fill ? { fill: token(fill) } : {}) });
  const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return {
    width, height: height_px,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_self, _min, max) => [0, Math.max(5, max * 1.15)] } },
    axes: [
      { ...axis((_self, splits) => splits.map((at) => clock.format(at * 1000))), size: 30 },
      axis((_self, splits) => splits.map((value) => Number.isInteger(value) ? String(value) : '')),
    ],
    series: [{}, line('--plot-received', '--plot-received-fill'), line('--plot-delivered'), line('--plot-failed')],
  };
}

/// Draws `columns` (seconds, received, delivered, failed) into `place` and follows its width.
export function draw(place: HTMLElement, columns: (number | null)[][]): Plot {
  const chart = new UPlot(options(place.clientWidth), columns as UPlot.AlignedData, place);
  const observer = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: height_px }));
  observer.observe(place);
  return {
    show: (next) => chart.setData(next as UPlot.AlignedData),
    remove: () => {
      observer.disconnect();
      chart.destroy();
    },
  };
}
