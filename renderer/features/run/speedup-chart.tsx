import type { ChartData, ChartOptions } from 'chart.js';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Layer } from '../../../shared/run.ts';
import { formatMs } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { formatTimes } from '../../format.ts';
import { layerSpeedup } from './group-layers.ts';

/** The slowest layers in the model's order: how much faster each became. Clicking one selects it. */
export function SpeedupChart(props: {
  readonly layers: readonly Layer[];
  readonly active: string | null;
  readonly onActive: (name: string) => void;
  readonly kept: number;
  readonly height?: number;
}) {
  const { t } = useTranslation();
  const palette = usePalette();
  const { layers, active, onActive, kept } = props;
  const shown = useMemo(() => {
    const timed = layers.filter((layer) => layerSpeedup(layer) !== null);
    const slowest = [...timed]
      .sort((left, right) => (right.latencyBeforeMs ?? 0) - (left.latencyBeforeMs ?? 0))
      .slice(0, kept);
    const chosen = new Set(slowest.map((layer) => layer.name));
    if (active !== null) chosen.add(active);
    return timed.filter((layer) => chosen.has(layer.name));
  }, [layers, kept, active]);
  const ratios = useMemo(() => shown.map((layer) => layerSpeedup(layer) ?? 1), [shown]);
  const data = useMemo(
    (): ChartData<'bar', [number, number][]> => ({
      labels: shown.map((layer) => layer.name),
      datasets: [
        {
          label: t('column.speedup'),
          data: ratios.map((ratio): [number, number] => [1, ratio]),
          backgroundColor: shown.map((layer, index) => {
            const color = ratios[index]! >= 1 ? palette.after : palette.warning;
            return active === null || layer.name === active ? color : `${color}73`;
          }),
          maxBarThickness: 16,
          minBarLength: 2,
        },
      ],
    }),
    [shown, ratios, palette, active, t],
  );
  const options = useMemo((): ChartOptions<'bar'> => {
    const lowest = Math.min(0.8, ...ratios) / 1.1;
    const highest = Math.max(1.25, ...ratios) * 1.1;
    return {
      // Bars may be a pixel wide or no higher: what stands above or below one counts as it.
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { type: 'category', grid: { display: false }, ticks: { display: false } },
        y: {
          type: 'logarithmic',
          min: lowest,
          max: highest,
          title: { display: true, text: t('axis.speedup') },
          ticks: {
            autoSkip: true,
            maxTicksLimit: 6,
            callback: (value) => ([0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20].includes(Number(value)) ? `${value}×` : null),
          },
        },
      },
      plugins: {
        legend: { display: false },
        markers: { lines: [{ axis: 'y', value: 1, color: palette.strongBorder }] },
        tooltip: {
          callbacks: {
            label: (item) => {
              const layer = shown[item.dataIndex];
              return layer === undefined
                ? ''
                : `${layer.opType} · ${formatTimes(layerSpeedup(layer))} · ${formatMs(layer.latencyBeforeMs)} → ${formatMs(layer.latencyAfterMs)}`;
            },
          },
        },
      },
    };
  }, [shown, ratios, palette, t]);
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
  const faster = ratios.filter((ratio) => ratio > 1).length;
  if (shown.length === 0) return <p className="muted">{t('speedup.none')}</p>;
  return (
    <Chart
      title={t('speedup.title')}
      definition={t('speedup.definition', { count: kept })}
      summary={t('speedup.summary', { faster, slower: ratios.length - faster })}
      type="bar"
      data={data}
      options={options}
      columns={columns}
      rows={shown}
      rowId={(layer) => layer.name}
      activeId={active}
      onActivate={(layer) => onActive(layer.name)}
      onElement={select}
      height={props.height ?? 220}
    />
  );
}
