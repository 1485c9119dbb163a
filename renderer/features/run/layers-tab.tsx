import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Layer, RunDocument, TensorRange, WeightRange } from '../../../shared/run.ts';
import { foldedInto } from '../../../shared/engine-texts.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/units.ts';
import { LayerFilter, matchesLayer } from '../../components/layer-filter.tsx';
import { Panel } from '../../components/page.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatDims, formatLayerDecibels, formatNumber, formatTimes } from '../../format.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import { findRange, findWeights } from './find-range.ts';
import { layerSpeedup } from './group-layers.ts';
import { HistogramChart } from './histogram-chart.tsx';
import classes from './run-page.module.css';
import { SpeedupChart } from './speedup-chart.tsx';

const shows = ['all', 'int8', 'float', 'slower'] as const;
/** SQNR at which an error bar is full, and at which it is empty. */
const worstDb = 5;
const bestDb = 45;

export function LayersTab(props: {
  readonly document: RunDocument;
  readonly active: string | null;
  readonly onActive: (name: string) => void;
}) {
  const { t } = useTranslation();
  const { document, active, onActive } = props;
  const { layers } = document;
  const [filter, setFilter] = useState('');
  const [show, setShow] = useState<(typeof shows)[number]>('all');
  const columns = useLayerColumns(layers);
  const shown = useMemo(
    () =>
      layers.filter((layer) => {
        if (!matchesLayer(layer, filter)) return false;
        switch (show) {
          case 'all':
            return true;
          case 'int8':
            return layer.quantized;
          case 'float':
            return !layer.quantized;
          case 'slower':
            return (layerSpeedup(layer) ?? 1) < 1;
        }
      }),
    [layers, filter, show],
  );
  const layer = useMemo(() => layers.find((other) => other.name === active) ?? null, [layers, active]);
  return (
    <div className={classes.layers}>
      <Table
        label={t('run.tab.layers')}
        columns={columns}
        rows={shown}
        rowId={(row) => row.name}
        activeId={active}
        onActivate={(row) => onActive(row.name)}
        withTools
        toolbar={
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('layers.show')}
              value={show}
              data={shows.map((value) => ({ value, label: t(`layers.shows.${value}`) }))}
              onChange={(value) => setShow(shows.find((known) => known === value) ?? 'all')}
            />
            <LayerFilter value={filter} onChange={setFilter} shown={shown.length} total={layers.length} />
          </>
        }
      />
      <div className={classes.layerSide}>
        <Panel label={t('speedup.title')}>
          <SpeedupChart layers={layers} active={active} onActive={onActive} kept={40} height={168} />
        </Panel>
        <Panel label={t('layers.selected')}>
          {layer === null ? (
            <p className="muted">{t('layers.selectHint')}</p>
          ) : (
            <LayerDetails layer={layer} document={document} />
          )}
        </Panel>
      </div>
    </div>
  );
}

/** int8, float and why, or folded into another layer; the whole reason is one hover away. */
function Becomes({ layer }: { layer: Layer }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const { quantized, reason } = layer;
  const why = engineText(reason);
  if (foldedInto(reason) !== null) {
    return (
      <span title={why} className="muted">
        {t('plan.folded')}
      </span>
    );
  }
  const kind = quantized ? 'int8' : t('plan.float');
  return reason === '' ? (
    kind
  ) : (
    <span title={why} className="muted">
      {kind} · {why}
    </span>
  );
}

function useLayerColumns(layers: readonly Layer[]): TableColumn<Layer>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const largest = (value: (layer: Layer) => number | null): number =>
      layers.reduce((most, layer) => Math.max(most, value(layer) ?? 0), 0) || 1;
    const mostMs = largest((layer) => Math.max(layer.latencyBeforeMs ?? 0, layer.latencyAfterMs ?? 0));
    const mostBytes = largest((layer) => Math.max(layer.bytesBefore, layer.bytesAfter));
    const mostMacs = largest((layer) => layer.macs);
    const ms = (value: number | null): string => (value === null ? '–' : formatMs(value).replace(' ms', ''));
    const end = { align: 'end' } as const;
    return [
      {
        id: 'name',
        header: t('column.layer'),
        width: 148,
        grow: 2,
        clip: 'start',
        value: (layer) => layer.name,
        hideable: false,
        render: (layer) => <span title={layer.name}>{layer.name}</span>,
      },
      {
        id: 'opType',
        header: t('column.op'),
        width: 84,
        value: (layer) => layer.opType,
        render: (layer) => <span title={layer.opType}>{layer.opType}</span>,
      },
      {
        id: 'kept',
        header: t('column.becomes'),
        definition: t('definition.becomes'),
        width: 80,
        grow: 1,
        value: (layer) => (layer.quantized && layer.reason === '' ? 'int8' : layer.reason),
        render: (layer) => <Becomes layer={layer} />,
      },
      {
        id: 'before',
        header: t('column.msBefore'),
        definition: t('definition.layerMs'),
        width: 76,
        ...end,
        value: (layer) => layer.latencyBeforeMs,
        render: (layer) => ms(layer.latencyBeforeMs),
        heat: (layer) => (layer.latencyBeforeMs ?? 0) / mostMs,
      },
      {
        id: 'after',
        header: t('column.msAfter'),
        definition: t('definition.layerMs'),
        width: 68,
        ...end,
        value: (layer) => layer.latencyAfterMs,
        render: (layer) => ms(layer.latencyAfterMs),
        heat: (layer) => (layer.latencyAfterMs ?? 0) / mostMs,
      },
      {
        id: 'speedup',
        header: t('column.speedup'),
        definition: t('definition.layerSpeedup'),
        width: 76,
        ...end,
        value: layerSpeedup,
        render: (layer) => formatTimes(layerSpeedup(layer)),
      },
      {
        id: 'bytesBefore',
        header: t('column.bytesBefore'),
        width: 88,
        ...end,
        value: (layer) => layer.bytesBefore,
        render: (layer) => (layer.bytesBefore === 0 ? '–' : formatBytes(layer.bytesBefore)),
        heat: (layer) => layer.bytesBefore / mostBytes,
        initiallyHidden: true,
      },
      {
        id: 'bytesAfter',
        header: t('column.bytesAfter'),
        width: 82,
        ...end,
        value: (layer) => layer.bytesAfter,
        render: (layer) => (layer.bytesAfter === 0 ? '–' : formatBytes(layer.bytesAfter)),
        heat: (layer) => layer.bytesAfter / mostBytes,
      },
      {
        id: 'sqnr',
        header: t('column.sqnr'),
        definition: t('definition.layerSqnr'),
        width: 68,
        ...end,
        value: (layer) => layer.sqnrDb,
        render: (layer) => formatLayerDecibels(layer.sqnrDb),
        heat: (layer) =>
          layer.sqnrDb === null ? null : Math.max(0, Math.min(1, (bestDb - layer.sqnrDb) / (bestDb - worstDb))),
      },
      {
        id: 'macs',
        header: t('column.macs'),
        definition: t('definition.macs'),
        width: 88,
        ...end,
        value: (layer) => layer.macs,
        render: (layer) => (layer.macs === 0 ? '–' : formatCount(layer.macs)),
        heat: (layer) => layer.macs / mostMacs,
        initiallyHidden: true,
      },
      {
        id: 'parameters',
        header: t('column.parameters'),
        width: 96,
        ...end,
        value: (layer) => layer.parameters,
        render: (layer) => (layer.parameters === 0 ? '–' : formatCount(layer.parameters)),
        initiallyHidden: true,
      },
      {
        id: 'bits',
        header: t('column.bits'),
        definition: t('definition.bits'),
        width: 76,
        ...end,
        value: (layer) => layer.weightBits,
        render: (layer) => `${layer.weightBits} / ${layer.activationBits}`,
        initiallyHidden: true,
      },
      {
        id: 'inputShape',
        header: t('column.inputShape'),
        width: 130,
        value: (layer) => formatDims(layer.inputShape),
        initiallyHidden: true,
      },
      {
        id: 'outputShape',
        header: t('column.outputShape'),
        width: 130,
        value: (layer) => formatDims(layer.outputShape),
        initiallyHidden: true,
      },
    ];
  }, [t, layers]);
}

function LayerDetails({ layer, document }: { layer: Layer; document: RunDocument }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const range = useMemo(() => findRange(layer, document.layers, document.ranges), [layer, document]);
  const weights = useMemo(() => findWeights(layer, document.weights), [layer, document]);
  return (
    <>
      <div className={classes.layerName}>{layer.name}</div>
      <dl className={classes.layerFacts}>
        <dt>{t('column.op')}</dt>
        <dd>
          {layer.opType} · {formatDims(layer.inputShape)} → {formatDims(layer.outputShape)}
        </dd>
        <dt>{t('column.becomes')}</dt>
        <dd>
          {layer.quantized ? `int8 (${layer.weightBits} / ${layer.activationBits} bit)` : t('plan.float')}
          {layer.reason !== '' && ` · ${engineText(layer.reason)}`}
        </dd>
        <dt>{t('layers.time')}</dt>
        <dd>
          {formatMs(layer.latencyBeforeMs)} → {formatMs(layer.latencyAfterMs)}
        </dd>
        <dt>{t('layers.bytes')}</dt>
        <dd>
          {formatBytes(layer.bytesBefore)} → {formatBytes(layer.bytesAfter)}
        </dd>
        {range !== null && (
          <>
            <dt>{t('layers.range')}</dt>
            <dd>
              {formatNumber(range.low)} … {formatNumber(range.high)}
            </dd>
            <dt>{t('layers.scale')}</dt>
            <dd>
              {formatNumber(range.scale)} · {t('layers.zeroPoint')} {range.zeroPoint}
            </dd>
          </>
        )}
        {weights !== null && (
          <>
            <dt>{t('layers.weightScales')}</dt>
            <dd>{describeScales(weights, t('layers.scaleCount', { count: weights.scaleCount }))}</dd>
          </>
        )}
      </dl>
      {range === null ? (
        <p className="muted">{t('layers.noRange')}</p>
      ) : range.histogram.length === 0 ? (
        <p className="muted">{t('layers.noHistogram')}</p>
      ) : (
        <ActivationHistogram range={range} />
      )}
      {weights !== null && weights.histogram.length > 0 && <WeightHistogram weights={weights} />}
    </>
  );
}

function describeScales({ narrowest, widest }: WeightRange, count: string): string {
  const span = [narrowest, widest].map((edge) => `±${formatNumber(edge)}`);
  return `${count} · ${[...new Set(span)].join(' … ')}`;
}

function ActivationHistogram({ range }: { range: TensorRange }) {
  const { t } = useTranslation();
  const chosen = useMemo(() => [range], [range]);
  return (
    <HistogramChart
      title={t('histogram.title')}
      definition={t('histogram.definition')}
      summary={t('histogram.summary', {
        tensor: range.tensor,
        min: formatNumber(range.min),
        max: formatNumber(range.max),
        low: formatNumber(range.low),
        high: formatNumber(range.high),
      })}
      distribution={range}
      chosen={chosen}
    />
  );
}

function WeightHistogram({ weights }: { weights: WeightRange }) {
  const { t } = useTranslation();
  const chosen = useMemo(() => {
    const { narrowest, widest } = weights;
    return (narrowest === widest ? [widest] : [widest, narrowest]).map((edge) => ({ low: -edge, high: edge }));
  }, [weights]);
  return (
    <HistogramChart
      title={t('histogram.weights')}
      definition={t('histogram.weightsDefinition')}
      summary={t('histogram.weightsSummary', {
        tensor: weights.tensor,
        min: formatNumber(weights.min),
        max: formatNumber(weights.max),
        count: weights.scaleCount,
        narrowest: formatNumber(weights.narrowest),
        widest: formatNumber(weights.widest),
      })}
      distribution={weights}
      chosen={chosen}
    />
  );
}
