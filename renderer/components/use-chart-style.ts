import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { darkChartColors, lightChartColors, type ChartStyle } from '../../shared/charts/chart-style.ts';
import type { ChartTexts } from '../../shared/charts/chart-texts.ts';
import { canvasFontPx, sansSerif } from '../theme.ts';

/** How the charts that reports have too are drawn in the window. */
export function useChartStyle(): { readonly style: ChartStyle; readonly texts: ChartTexts } {
  const scheme = useComputedColorScheme('light');
  const { t } = useTranslation();
  return useMemo(
    () => ({
      style: {
        colors: scheme === 'dark' ? darkChartColors : lightChartColors,
        fontFamily: sansSerif,
        fontSizePx: canvasFontPx,
        timesSign: '×',
      },
      texts: {
        before: t('variant.before'),
        prepared: t('variant.prepared'),
        after: t('variant.after'),
        latencyMs: t('axis.latencyMs'),
        shareOfIterations: t('axis.shareOfIterations'),
        median: t('chart.median'),
        speedup: t('axis.speedup'),
        otherLayers: t('chart.otherLayers'),
        restOfFile: t('chart.restOfFile'),
        layerInGraphOrder: t('axis.layerInGraphOrder'),
        outputSqnrDb: t('axis.outputSqnrDb'),
        introducedSqnrDb: t('axis.introducedSqnrDb'),
      },
    }),
    [scheme, t],
  );
}
