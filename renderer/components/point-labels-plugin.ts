import type { Chart, ChartType, Plugin } from 'chart.js';
import { sansSerif } from '../theme.ts';

export interface PointLabelsOptions {
  /** For the points of the first dataset. */
  labels?: readonly string[];
  color?: string;
}

declare module 'chart.js' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface PluginOptionsByType<TType extends ChartType> {
    pointLabels?: PointLabelsOptions;
  }
}

const lineHeightPx = 13;

/** Names beside points, so that they are told apart without colour. */
export const pointLabelsPlugin: Plugin<ChartType, PointLabelsOptions> = {
  id: 'pointLabels',
  afterDatasetsDraw(chart: Chart, _arguments, options) {
    const labels = options.labels ?? [];
    if (labels.length === 0) return;
    const context = chart.ctx;
    context.save();
    context.font = `600 11px ${sansSerif}`;
    context.textBaseline = 'middle';
    context.fillStyle = options.color ?? '#000000';
    const placed: { left: number; right: number; y: number }[] = [];
    chart.getDatasetMeta(0).data.forEach((element, index) => {
      const label = labels[index];
      if (label === undefined) return;
      const width = context.measureText(label).width;
      const left = element.x + 10 + width > chart.chartArea.right ? element.x - 10 - width : element.x + 10;
      const right = left + width;
      let y = element.y;
      // Points may lie on each other; their names then stand below each other.
      while (placed.some((box) => box.left < right && left < box.right && Math.abs(box.y - y) < lineHeightPx)) {
        y += lineHeightPx;
      }
      placed.push({ left, right, y });
      context.fillText(label, left, y);
    });
    context.restore();
  },
};
