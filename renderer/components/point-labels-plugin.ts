import type { Chart, ChartType, Plugin } from 'chart.js';
import { canvasFont } from '../../shared/charts/chart-style.ts';
import { placeLabels } from './place-labels.ts';

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
    context.font = `600 ${canvasFont(chart)}`;
    context.textBaseline = 'middle';
    context.fillStyle = options.color ?? '#000000';
    const points = chart
      .getDatasetMeta(0)
      .data.flatMap(({ x, y }, index) => (labels[index] === undefined ? [] : [{ x, y, text: labels[index] }]));
    for (const { text, left, y } of placeLabels(points, chart.chartArea, (text) => context.measureText(text).width)) {
      context.fillText(text, left, y);
    }
    context.restore();
  },
};
