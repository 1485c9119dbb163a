import type { Chart, ChartType, Plugin } from 'chart.js';
import { canvasFont } from './chart-style.ts';

const labelHeightPx = 14;

export interface Marker {
  readonly axis: 'x' | 'y';
  readonly value: number;
  readonly color: string;
  readonly label?: string;
  readonly dashed?: boolean;
}

export interface MarkersOptions {
  lines?: readonly Marker[];
  /** Of the chart; labels stand out against what is drawn in it. */
  background?: string;
}

declare module 'chart.js' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface PluginOptionsByType<TType extends ChartType> {
    markers?: MarkersOptions;
  }
}

/** Straight lines across a chart: chosen ranges, "no change". Reports outline no text: lines in them have no labels. */
export const markersPlugin: Plugin<ChartType, MarkersOptions> = {
  id: 'markers',
  afterDatasetsDraw(chart: Chart, _arguments, options) {
    const { left, right, top, bottom } = chart.chartArea;
    const context = chart.ctx;
    context.save();
    context.font = canvasFont(chart);
    context.textBaseline = 'top';
    for (const [index, line] of (options.lines ?? []).entries()) {
      const scale = chart.scales[line.axis];
      if (scale === undefined) continue;
      const at = scale.getPixelForValue(line.value);
      if (line.axis === 'x' ? at < left - 1 || at > right + 1 : at < top - 1 || at > bottom + 1) continue;
      context.strokeStyle = line.color;
      context.lineWidth = 1;
      context.setLineDash(line.dashed === true ? [4, 3] : []);
      context.beginPath();
      if (line.axis === 'x') {
        context.moveTo(at, top);
        context.lineTo(at, bottom);
      } else {
        context.moveTo(left, at);
        context.lineTo(right, at);
      }
      context.stroke();
      if (line.label === undefined) continue;
      const width = context.measureText(line.label).width;
      const [x, y] =
        line.axis === 'x'
          ? [at + 4 + width > right ? at - 4 - width : at + 4, top + 2 + index * labelHeightPx]
          : [right - width - 2, at + 2];
      // Bars and curves behind the words would make them hard to read.
      context.setLineDash([]);
      context.lineJoin = 'round';
      context.lineWidth = 4;
      context.strokeStyle = options.background ?? 'transparent';
      context.strokeText(line.label, x, y);
      context.fillStyle = line.color;
      context.fillText(line.label, x, y);
    }
    context.restore();
  },
};
