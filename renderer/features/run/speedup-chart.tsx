import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  buildLayerSpeedupChart,
  heightOfNamedLayers,
  layerSpeedup,
  type LayerSpeedupLayout,
  slowestLayers,
} from '../../../shared/charts/layer-speedup.ts';
import type { Layer } from '../../../shared/run.ts';
import { formatMs } from '../../../shared/units.ts';
import { addTooltip } from '../../components/chart-tooltip.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useChartStyle } from '../../components/use-chart-style.ts';
import { formatTimes } from '../../format.ts';

/** The slowest layers: how much faster each became. Clicking one selects it. */
export function SpeedupChart(props: {
  readonly layers: readonly Layer[];
  readonly active: string | null;
  readonly onActive: (name: string) => void;
  readonly kept: number;
  /** With names the slowest come first; without, layers keep the model's order. */
  readonly kind: LayerSpeedupLayout['kind'];
  readonly height?: number;
}) {
  const { t } = useTranslation();
  const { style, texts } = useChartStyle();
  const { layers, active, onActive, kept, kind } = props;
  const shown = useMemo(() => {
    const slowest = slowestLayers(layers, kept);
    if (kind === 'named') return slowest;
    const chosen = new Set(slowest.map((layer) => layer.name));
    if (active !== null) chosen.add(active);
    return layers.filter((layer) => layerSpeedup(layer) !== null && chosen.has(layer.name));
  }, [layers, kept, kind, active]);
  const config = useMemo(
    () =>
      addTooltip(buildLayerSpeedupChart(shown, style, texts, { kind, active }), {
        title: ([item]) => (item === undefined ? '' : shown[item.dataIndex]!.name),
        label: (item) => {
          const layer = shown[item.dataIndex]!;
          return `${layer.opType} · ${formatTimes(layerSpeedup(layer))} · ${formatMs(layer.latencyBeforeMs)} → ${formatMs(layer.latencyAfterMs)}`;
        },
      }),
    [shown, style, texts, kind, active],
  );
  const columns = useMemo(
    (): TableColumn<Layer>[] => [
      { id: 'name', header: t('column.layer'), width: 120, grow: 1, value: (layer) => layer.name },
      {
        id: 'before',
        header: t('variant.before'),
        width: 80,
        align: 'end',
        value: (layer) => layer.latencyBeforeMs,
        render: (layer) => formatMs(layer.latencyBeforeMs),
      },
      {
        id: 'after',
        header: t('variant.after'),
        width: 80,
        align: 'end',
        value: (layer) => layer.latencyAfterMs,
        render: (layer) => formatMs(layer.latencyAfterMs),
      },
      {
        id: 'speedup',
        header: t('column.speedup'),
        width: 84,
        align: 'end',
        value: layerSpeedup,
        render: (layer) => formatTimes(layerSpeedup(layer)),
      },
    ],
    [t],
  );
  const select = useCallback(
    (index: number) => {
      const layer = shown[index];
      if (layer !== undefined) onActive(layer.name);
    },
    [shown, onActive],
  );
  const faster = shown.filter((layer) => layerSpeedup(layer)! > 1).length;
  if (shown.length === 0) return <p className="muted">{t('speedup.none')}</p>;
  return (
    <Chart
      title={t('speedup.title')}
      definition={t('speedup.definition', { count: kept })}
      summary={t('speedup.summary', { faster, slower: shown.length - faster })}
      config={config}
      columns={columns}
      rows={shown}
      rowId={(layer) => layer.name}
      activeId={active}
      onActivate={(layer) => onActive(layer.name)}
      onElement={select}
      height={kind === 'named' ? heightOfNamedLayers(shown.length) : (props.height ?? 220)}
    />
  );
}
