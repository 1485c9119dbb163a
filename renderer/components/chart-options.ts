import type { ChartOptions, ChartType, ScaleOptions } from 'chart.js';
import type { Palette } from '../theme.ts';

function styledScales(options: object | undefined, palette: Palette): object {
  const scales = ((options as { scales?: object } | undefined)?.scales ?? {}) as Record<string, ScaleOptions>;
  return Object.fromEntries(
    Object.entries(scales).map(([name, given]) => {
      const scale = given as {
        grid?: object;
        ticks?: object;
        border?: object;
        title?: { text?: string };
      };
      return [
        name,
        {
          ...scale,
          grid: { color: palette.border, drawTicks: false, ...scale.grid },
          border: { color: palette.strongBorder, ...scale.border },
          ticks: {
            color: palette.muted,
            font: { size: 11 },
            padding: 4,
            maxRotation: 0,
            // Where an axis begins and ends is no round number.
            includeBounds: false,
            ...scale.ticks,
          },
          title: {
            display: scale.title?.text !== undefined,
            color: palette.muted,
            font: { size: 11 },
            padding: 2,
            ...scale.title,
          },
        },
      ];
    }),
  );
}

/** What a chart asks for, with the house's axes, legend and tooltip where it asks for none. */
export function chartOptions<Type extends ChartType>(
  options: object | undefined,
  look: { readonly palette: Palette; readonly scheme: 'light' | 'dark' },
  onElement: ((index: number) => void) | undefined,
): ChartOptions<Type> {
  const { palette, scheme } = look;
  const given = (options ?? {}) as { plugins?: { legend?: object; tooltip?: object; markers?: object } };
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    ...given,
    scales: styledScales(options, palette),
    onClick: (_event: unknown, elements: readonly { index: number }[]) => {
      const element = elements[0];
      if (element !== undefined) onElement?.(element.index);
    },
    plugins: {
      ...given.plugins,
      markers: { background: palette.surface, ...given.plugins?.markers },
      legend: {
        align: 'end',
        labels: { color: palette.text, boxWidth: 10, boxHeight: 10, font: { size: 11 }, padding: 10 },
        ...given.plugins?.legend,
      },
      tooltip: {
        backgroundColor: scheme === 'dark' ? '#000000' : '#171b20',
        titleFont: { size: 12 },
        bodyFont: { size: 12 },
        cornerRadius: 4,
        displayColors: false,
        ...given.plugins?.tooltip,
      },
    },
  } as unknown as ChartOptions<Type>;
}
