import { isReduced, precisionOf } from '../../../shared/precision.ts';
import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Layer } from '../../../shared/run.ts';
import { formatBytes, formatMs } from '../../../shared/units.ts';
import { LayerFilter, matchesLayer } from '../../components/layer-filter.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatLayerDecibels } from '../../format.ts';
import type { ComparedRun } from './compared-run.ts';
import { joinLayers, type JoinedLayer } from './join-layers.ts';

const measures = ['latency', 'bytes', 'sqnr'] as const;
type Measure = (typeof measures)[number];

const valueOf: Readonly<Record<Measure, (layer: Layer) => number | null>> = {
  latency: (layer) => layer.latencyAfterMs,
  bytes: (layer) => layer.bytesAfter,
  sqnr: (layer) => layer.sqnrDb,
};
const formats: Readonly<Record<Measure, (value: number | null) => string>> = {
  latency: formatMs,
  bytes: formatBytes,
  sqnr: formatLayerDecibels,
};

/** What every run made of every layer, side by side. */
export function CompareLayers({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const [measure, setMeasure] = useState<Measure>('latency');
  const [filter, setFilter] = useState('');
  const joined = useMemo(() => joinLayers(runs.map((run) => run.document)), [runs]);
  const shown = useMemo(
    () => joined.filter((layer) => matchesLayer({ name: layer.name, opType: layer.opType, reason: '' }, filter)),
    [joined, filter],
  );
  const columns = useMemo((): TableColumn<JoinedLayer>[] => {
    const value = (layer: JoinedLayer, run: number): number | null => {
      const own = layer.byRun[run] ?? null;
      return own === null ? null : valueOf[measure](own);
    };
    const largest = Math.max(1e-9, ...joined.flatMap((layer) => layer.byRun.map((_, run) => value(layer, run) ?? 0)));
    return [
      {
        id: 'name',
        header: t('column.layer'),
        width: 180,
        grow: 1,
        clip: 'middle',
        value: (layer) => layer.name,
        hideable: false,
      },
      { id: 'opType', header: t('column.op'), width: 120, value: (layer) => layer.opType },
      ...runs.map((run, index): TableColumn<JoinedLayer> => ({
        id: run.runId,
        header: `${run.letter} · ${t(`compare.measure.${measure}`)}`,
        width: 128,
        align: 'end',
        value: (layer) => value(layer, index),
        render: (layer) => {
          const own = layer.byRun[index] ?? null;
          return own === null
            ? '–'
            : `${formats[measure](valueOf[measure](own))}${isReduced(precisionOf(own)) ? '' : ` · ${t('plan.float')}`}`;
        },
        heat: (layer) => (value(layer, index) ?? 0) / largest,
      })),
      ...runs.slice(1).map((run, index): TableColumn<JoinedLayer> => ({
        id: `${run.runId} difference`,
        header: `${run.letter} − A`,
        definition: t('compare.differenceDefinition'),
        width: 100,
        align: 'end',
        value: (layer) => {
          const base = value(layer, 0);
          const own = value(layer, index + 1);
          return base === null || own === null ? null : own - base;
        },
        render: (layer) => {
          const base = value(layer, 0);
          const own = value(layer, index + 1);
          if (base === null || own === null) return '–';
          const difference = own - base;
          return `${difference > 0 ? '+' : difference < 0 ? '−' : ''}${formats[measure](Math.abs(difference))}`;
        },
      })),
    ];
  }, [t, runs, joined, measure]);
  return (
    <Table
      label={t('compare.layers')}
      columns={columns}
      rows={shown}
      rowId={(layer) => layer.name}
      withTools
      toolbar={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('compare.measureLabel')}
            value={measure}
            data={measures.map((value) => ({ value, label: t(`compare.measure.${value}`) }))}
            onChange={(value) => setMeasure(measures.find((known) => known === value) ?? 'latency')}
          />
          <LayerFilter value={filter} onChange={setFilter} shown={shown.length} total={joined.length} />
        </>
      }
    />
  );
}
