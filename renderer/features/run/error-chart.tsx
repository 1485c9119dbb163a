import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { buildLayerSqnrChart } from '../../../shared/charts/layer-sqnr.ts';
import { breakOf, errorOverDepth, type DepthPoint } from '../../../shared/error-depth.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { formatCount } from '../../../shared/units.ts';
import { addTooltip } from '../../components/chart-tooltip.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useChartStyle } from '../../components/use-chart-style.ts';
import { formatLayerDecibels, formatSeconds } from '../../format.ts';

/** The error that reaches each layer beside the one it makes, over depth. Clicking a layer selects it. */
export function ErrorChart(props: { readonly document: RunDocument; readonly onActive: (name: string) => void }) {
  const { t, i18n } = useTranslation();
  const { style, texts } = useChartStyle();
  const { onActive } = props;
  const { layers, effects } = props.document;
  const points = useMemo(() => errorOverDepth(layers), [layers]);
  const broken = useMemo(() => breakOf(points), [points]);
  const config = useMemo(() => {
    const chart = buildLayerSqnrChart({ layers }, style, texts, true);
    if (chart === null) return null;
    return addTooltip(chart, {
      title: ([item]) => (item === undefined ? '' : (layers[item.parsed.x! - 1]?.name ?? '')),
      label: ({ dataset, parsed }) => `${dataset.label ?? ''}: ${formatLayerDecibels(parsed.y)}`,
    });
  }, [layers, style, texts]);
  const columns = useMemo(
    (): TableColumn<DepthPoint>[] => [
      { id: 'layer', header: t('column.layer'), width: 160, grow: 1, value: (point) => point.name },
      {
        id: 'sqnr',
        header: t('axis.outputSqnrDb'),
        width: 150,
        align: 'end',
        value: (point) => point.sqnrDb,
        render: (point) => formatLayerDecibels(point.sqnrDb),
      },
      {
        id: 'introduced',
        header: t('axis.introducedSqnrDb'),
        width: 150,
        align: 'end',
        value: (point) => point.introducedSqnrDb,
        render: (point) => formatLayerDecibels(point.introducedSqnrDb),
      },
    ],
    [t],
  );
  const select = useCallback(
    (index: number) => {
      const point = points[index];
      if (point !== undefined) onActive(point.name);
    },
    [points, onActive],
  );
  if (config === null) return <p className="muted">{t('errorDepth.none')}</p>;
  const summary =
    broken === null
      ? t('errorDepth.noBreak')
      : broken.beforeDb === null
        ? t('errorDepth.breakFirst', { layer: broken.point.name, after: formatLayerDecibels(broken.point.sqnrDb) })
        : t('errorDepth.break', {
            layer: broken.point.name,
            before: formatLayerDecibels(broken.beforeDb),
            after: formatLayerDecibels(broken.point.sqnrDb),
          });
  return (
    <>
      <Chart
        title={t('errorDepth.title')}
        definition={t('errorDepth.definition')}
        summary={summary}
        config={config}
        columns={columns}
        rows={points}
        rowId={(point) => point.name}
        onActivate={(point) => onActive(point.name)}
        onElement={select}
        height={240}
      />
      <p className="muted">
        {summary}{' '}
        {effects === null
          ? t('errorDepth.noEffects')
          : t('errorDepth.effects', {
              count: effects.layers,
              samples: formatCount(effects.samples),
              time: formatSeconds(effects.spentMs, i18n.language),
            })}
      </p>
    </>
  );
}
