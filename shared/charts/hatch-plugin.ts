import type { BarElement, Chart, ChartType, LegendOptions, Plugin } from 'chart.js';

export interface HatchOptions {
  /** One for each bar of the first dataset. */
  hatched?: readonly boolean[];
  /** Which of the legend's items stands for them. */
  legendItem?: number | null;
  color?: string;
}

declare module 'chart.js' {
  // The type parameter must be there for declaration merging.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface PluginOptionsByType<TType extends ChartType> {
    hatch?: HatchOptions;
  }
}

const gapPx = 5;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Lines at 45°, cut off at the box: reports have neither patterns nor clips that are cheap. They go on from one bar to the next. */
function hatch(context: CanvasRenderingContext2D, { left, top, width, height }: Box): void {
  const [right, bottom] = [left + width, top + height];
  for (let sum = Math.ceil((left + top) / gapPx) * gapPx; sum < right + bottom; sum += gapPx) {
    // On a line x + y is the same everywhere.
    const fromX = Math.max(left, sum - bottom);
    const toX = Math.min(right, sum - top);
    if (fromX >= toX) continue;
    context.moveTo(fromX, sum - fromX);
    context.lineTo(toX, sum - toX);
  }
}

function barBoxes(chart: Chart, hatched: readonly boolean[]): Box[] {
  const bars = chart.getDatasetMeta(0).data as unknown as BarElement[];
  return bars.flatMap((bar, index) => {
    if (hatched[index] !== true) return [];
    const { x, y, base, height } = bar.getProps(['x', 'y', 'base', 'height'], true);
    if (x === null || y === null) return [];
    return [{ left: Math.min(x, base), top: y - height / 2, width: Math.abs(x - base), height }];
  });
}

/** The coloured box of an item of the legend, as Chart.js draws it; it tells only where the whole item is. */
function legendBoxes(chart: Chart, item: number): Box[] {
  const legend = chart.legend as unknown as {
    readonly legendHitBoxes: readonly { readonly left: number; readonly top: number }[];
    readonly options: LegendOptions<'bar'>;
  };
  const hit = legend.legendHitBoxes[item];
  if (hit === undefined) return [];
  const { boxWidth, boxHeight, font } = legend.options.labels;
  const { size = boxHeight } = font as { readonly size?: number };
  return [{ left: hit.left, top: hit.top + Math.max(0, (size - boxHeight) / 2), width: boxWidth, height: boxHeight }];
}

/** Lines across bars, for what a colour does not say. */
export const hatchPlugin: Plugin<ChartType, HatchOptions> = {
  id: 'hatch',
  afterDraw(chart: Chart, _arguments, options) {
    const { hatched = [], legendItem = null } = options;
    const boxes = [...barBoxes(chart, hatched), ...(legendItem === null ? [] : legendBoxes(chart, legendItem))];
    if (boxes.length === 0) return;
    const context = chart.ctx;
    context.save();
    context.strokeStyle = options.color ?? '#000000';
    context.lineWidth = 0.6;
    context.setLineDash([]);
    context.beginPath();
    for (const box of boxes) hatch(context, box);
    context.stroke();
    context.restore();
  },
};
