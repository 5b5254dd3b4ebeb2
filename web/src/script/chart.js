// Draws what a figure with data-chart holds. Loaded only by pages that have one; without it the
// table below the figure says the same.
import { init, use } from 'echarts/core';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();
const ink = colour('ink-soft');
const line = colour('line');

const axes = (unit) => ({
  grid: { left: 44, right: 16, top: 34, bottom: 26 },
  textStyle: { fontFamily: style.getPropertyValue('--sans') },
  legend: { top: 0, left: 0, itemHeight: 8, textStyle: { color: ink, fontSize: 12 } },
  tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, valueFormatter: (value) => (value == null ? '—' : `${value}${unit}`) },
  xAxis: { type: 'time', axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink, fontSize: 11, hideOverlap: true, formatter: '{MM}-{dd}' }, splitLine: { show: false } },
  yAxis: { type: 'value', axisLabel: { color: ink, fontSize: 11, formatter: `{value}${unit}` }, splitLine: { lineStyle: { color: line } } },
  animation: false,
});

const kinds = {
  // planned: [[day, percent]], actual: [[day, percent]], today: day
  trajectory({ planned, actual, today }) {
    const options = axes('%');
    options.yAxis.max = 100;
    options.series = [
      { name: '序时应达', type: 'line', data: planned, showSymbol: false, lineStyle: { color: colour('accent'), type: 'dashed', width: 2 }, itemStyle: { color: colour('accent') },
        markLine: { silent: true, symbol: 'none', label: { formatter: '今天', color: ink }, lineStyle: { color: colour('ink-faint') }, data: [{ xAxis: today }] } },
      { name: '实际进度', type: 'line', data: actual, symbolSize: 7, step: 'end', lineStyle: { color: colour('ink'), width: 2 }, itemStyle: { color: colour('ink') } },
    ];
    return options;
  },
  // days: [day], red, yellow, green: [count]
  lights({ days, red, yellow, green }) {
    const options = axes(' 项');
    options.yAxis.minInterval = 1;
    const area = (name, counts, tone) => ({
      name, type: 'line', stack: 'all', showSymbol: false, step: 'end', data: days.map((day, at) => [day, counts[at]]),
      lineStyle: { width: 1, color: tone }, areaStyle: { color: tone, opacity: 0.75 }, itemStyle: { color: tone },
    });
    options.series = [area('红', red, colour('red')), area('黄', yellow, colour('amber-fill')), area('绿', green, colour('green-fill'))];
    return options;
  },
};

for (const figure of document.querySelectorAll('[data-chart]')) {
  const make = kinds[figure.dataset.chart];
  const values = JSON.parse(figure.dataset.values);
  // A single day is no course: the sentence says it.
  if (!make || (values.days && values.days.length < 2)) continue;
  const box = document.createElement('div');
  box.className = 'chart-box';
  box.setAttribute('aria-hidden', 'true'); // The summary and the table say it in words.
  figure.prepend(box);
  const chart = init(box, null, { renderer: 'svg' });
  chart.setOption(make(values));
  new ResizeObserver(() => chart.resize()).observe(box);
}
