import type { Chart, ChartType, Plugin } from 'chart.js';
import { canvasFont } from './chart-style.ts';

export interface EndLabel {
  readonly text: string;
  /** Where the bar or interval ends, in units of the value axis. */
  readonly value: number;
}

export interface EndLabelsOptions {
  /** One a category, from top to bottom. */
  labels?: readonly EndLabel[];
  color?: string;
}

declare module 'chart.js' {
  // The type parameter must be there for declaration merging.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface PluginOptionsByType<TType extends ChartType> {
    endLabels?: EndLabelsOptions;
  }
}

const gapPx = 6;

/** Figures behind horizontal bars and intervals. */
export const endLabelsPlugin: Plugin<ChartType, EndLabelsOptions> = {
  id: 'endLabels',
  afterDatasetsDraw(chart: Chart, _arguments, options) {
    const labels = options.labels ?? [];
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined || labels.length === 0) return;
    const context = chart.ctx;
    context.save();
    context.font = canvasFont(chart);
    context.fillStyle = options.color ?? '#000000';
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    labels.forEach(({ text, value }, index) => {
      context.fillText(text, x.getPixelForValue(value) + gapPx, y.getPixelForValue(index));
    });
    context.restore();
  },
};
