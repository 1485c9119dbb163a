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
    chart.getDatasetMeta(0).data.forEach((element, index) => {
      const label = labels[index];
      if (label === undefined) return;
      const width = context.measureText(label).width;
      context.fillText(
        label,
        element.x + 10 + width > chart.chartArea.right ? element.x - 10 - width : element.x + 10,
        element.y,
      );
    });
    context.restore();
  },
};
