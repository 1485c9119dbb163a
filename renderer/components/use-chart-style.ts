import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import { useTextLanguage } from '../hooks/use-engine-text.ts';
import { darkChartColors, lightChartColors, type ChartStyle } from '../../shared/charts/chart-style.ts';
import { chartTexts, type ChartTexts } from '../../shared/charts/chart-texts.ts';
import { canvasFontPx, sansSerif } from '../theme.ts';

/** How the charts that reports have too are drawn in the window. */
export function useChartStyle(): { readonly style: ChartStyle; readonly texts: ChartTexts } {
  const scheme = useComputedColorScheme('light');
  const language = useTextLanguage();
  return useMemo(
    () => ({
      style: {
        colors: scheme === 'dark' ? darkChartColors : lightChartColors,
        fontFamily: sansSerif,
        fontSizePx: canvasFontPx,
        timesSign: '×',
      },
      texts: chartTexts[language],
    }),
    [scheme, language],
  );
}
