import type { Chart, ChartType, Plugin } from 'chart.js';

export interface IntervalMark {
  readonly datasetIndex: number;
  readonly index: number;
  /** In units of the value axis. */
  readonly low: number;
  readonly high: number;
  readonly color: string;
}

export interface IntervalsOptions {
  marks?: readonly IntervalMark[];
  /** The axis the interval lies along. */
  axis?: 'x' | 'y';
}

declare module 'chart.js' {
  // The type parameter must be there for declaration merging.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface PluginOptionsByType<TType extends ChartType> {
    intervals?: IntervalsOptions;
  }
}

const capPx = 4;

/** Whiskers for 95 % intervals, which Chart.js does not draw. */
export const intervalsPlugin: Plugin<ChartType, IntervalsOptions> = {
  id: 'intervals',
  afterDatasetsDraw(chart: Chart, _arguments, options) {
    const marks = options.marks ?? [];
    const axis = options.axis ?? 'x';
    const scale = chart.scales[axis];
    if (scale === undefined || marks.length === 0) return;
    const context = chart.ctx;
    context.save();
    context.lineWidth = 1.5;
    for (const mark of marks) {
      const element = chart.getDatasetMeta(mark.datasetIndex).data[mark.index];
      if (element === undefined || !chart.isDatasetVisible(mark.datasetIndex)) continue;
      const low = scale.getPixelForValue(mark.low);
      const high = scale.getPixelForValue(mark.high);
      context.strokeStyle = mark.color;
      context.beginPath();
      if (axis === 'x') {
        context.moveTo(low, element.y);
        context.lineTo(high, element.y);
        for (const end of [low, high]) {
          context.moveTo(end, element.y - capPx);
          context.lineTo(end, element.y + capPx);
        }
      } else {
        context.moveTo(element.x, low);
        context.lineTo(element.x, high);
        for (const end of [low, high]) {
          context.moveTo(element.x - capPx, end);
          context.lineTo(element.x + capPx, end);
        }
      }
      context.stroke();
    }
    context.restore();
  },
};
