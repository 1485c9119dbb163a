import type { ChartConfiguration, ChartType, DefaultDataPoint, TooltipCallbacks } from 'chart.js';

/** A shared chart with what it says under the pointer. */
export function addTooltip<Type extends ChartType, Data = DefaultDataPoint<Type>>(
  { type, data, options }: ChartConfiguration<Type, Data>,
  callbacks: Partial<TooltipCallbacks<Type>>,
): ChartConfiguration<Type, Data> {
  const plugins = { ...(options?.plugins as object | undefined), tooltip: { callbacks } };
  return { type, data, options: { ...(options as object | undefined), plugins } } as ChartConfiguration<Type, Data>;
}
