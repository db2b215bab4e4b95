// Two bars on one another by half hour. Rule: colours and letters are those of the page; nothing is computed here.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const font = '12px "Plex Thai"';
const halfHourS = 1_800;
/** A day is at least so long, so that the first bar of the morning is not as wide as the page. */
const slotsLeast = 16;
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Bangkok' });

export function barChart(room: HTMLElement, rows: uPlot.AlignedData): { plot: uPlot; end: () => void } {
  const css = getComputedStyle(document.documentElement);
  const color = (name: string) => css.getPropertyValue(name).trim();
  const bars = uPlot.paths.bars!({ size: [0.72, 60], align: 1 });
  const axis = { font, stroke: color('--color-mute'), ticks: { show: false } };
  const size = () => ({ width: Math.max(50, room.clientWidth), height: Math.max(50, room.clientHeight) });
  const series = (name: string) => ({ fill: color(name), width: 0, paths: bars, points: { show: false } });
  const fromNow = Math.floor(Date.now() / 1000 / halfHourS) * halfHourS;
  const across = (_: uPlot, first: number | null, last: number | null): [number, number] => {
    const from = first ?? fromNow;
    return [from - 300, Math.max((last ?? from) + halfHourS, from + slotsLeast * halfHourS)];
  };
  const up = (_: uPlot, _least: number | null, most: number | null): [number, number] => [0, Math.max(5, Math.ceil((most ?? 0) / 10) * 10)];
  const plot = new uPlot(
    {
      ...size(),
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 8, 0, 0],
      scales: { x: { range: across }, y: { range: up } },
      axes: [
        { ...axis, size: 26, grid: { show: false }, incrs: [3_600, 7_200], values: (_, at) => at.map((s) => clock.format(s * 1000)) },
        { ...axis, size: 36, incrs: [1, 5, 10, 20, 50, 100, 200, 500], grid: { stroke: color('--color-line'), width: 1 } },
      ],
      series: [{}, series('--color-data-3'), series('--color-brand')],
    },
    rows,
    room,
  );
  // Letters that come later than the picture.
  void document.fonts.load(font).then(() => plot.redraw(false, true));
  const watch = new ResizeObserver(() => plot.setSize(size()));
  watch.observe(room);
  return {
    plot,
    end: () => {
      watch.disconnect();
      plot.destroy();
    },
  };
}
