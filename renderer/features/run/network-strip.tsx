import type { TFunction } from 'i18next';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { buildNetworkStrip, stripOf } from '../../../shared/charts/network-strip.ts';
import { describePrecision, precisionOf } from '../../../shared/precision.ts';
import type { Layer, RunDocument } from '../../../shared/run.ts';
import { describeStrip, stripWords } from '../../../shared/strip-texts.ts';
import { formatMs, formatShare } from '../../../shared/units.ts';
import { addTooltip } from '../../components/chart-tooltip.ts';
import { Chart } from '../../components/chart.tsx';
import { Panel } from '../../components/page.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useChartStyle } from '../../components/use-chart-style.ts';
import { formatLayerDecibels } from '../../format.ts';
import classes from './run-page.module.css';

/** The whole network at a glance: width is time, colour error, hatched is float. Clicking a layer selects it. */
export function NetworkStrip(props: { readonly document: RunDocument; readonly onLayer: (name: string) => void }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const { style, texts } = useChartStyle();
  const { document, onLayer } = props;
  const words = stripWords[language];
  const strip = useMemo(() => stripOf(document), [document]);
  const config = useMemo(() => {
    if (strip === null) return null;
    const { segments, beforeMs, afterMs } = strip;
    return addTooltip(buildNetworkStrip(strip, style, { ...words, before: texts.before, after: texts.after }), {
      title: ([item]) => (item === undefined ? '' : (segments[item.dataIndex]?.layer?.name ?? words.inNoLayer)),
      label: ({ dataIndex }) => {
        const { side, layer, layerCount, startMs, endMs, errorDb } = segments[dataIndex]!;
        const ms = endMs - startMs;
        return [
          ...(layer === null ? [] : [layerCount === 1 ? layer.opType : words.more(layerCount - 1)]),
          `${formatMs(ms)} (${formatShare(ms / (side === 'before' ? beforeMs : afterMs))})`,
          ...(side === 'before' || layer === null ? [] : [describePrecision(precisionOf(layer), words.float)]),
          ...(errorDb === null ? [] : [formatLayerDecibels(errorDb)]),
        ].join(' · ');
      },
    });
  }, [strip, style, texts, words]);
  const rows = useMemo(
    () => document.layers.filter((layer) => (layer.latencyBeforeMs ?? 0) + (layer.latencyAfterMs ?? 0) > 0),
    [document],
  );
  const columns = useMemo(() => columnsOf(t, words.float), [t, words]);
  const select = useCallback(
    (index: number) => {
      const name = strip?.segments[index]?.layer?.name;
      if (name !== undefined) onLayer(name);
    },
    [strip, onLayer],
  );
  if (config === null || strip === null) return null;
  const summary = describeStrip(strip, document.layers, language);
  return (
    <Panel label={words.title} className={classes.wide}>
      <Chart
        title={words.title}
        definition={words.definition}
        summary={summary}
        config={config}
        columns={columns}
        rows={rows}
        rowId={(layer) => layer.name}
        onActivate={(layer) => onLayer(layer.name)}
        onElement={select}
        height={150}
      />
      <p className="muted" data-uncopied>
        {summary}
      </p>
    </Panel>
  );
}

function columnsOf(t: TFunction, float: string): TableColumn<Layer>[] {
  const end = { align: 'end' } as const;
  return [
    { id: 'layer', header: t('column.layer'), width: 160, grow: 1, value: (layer) => layer.name },
    {
      id: 'precision',
      header: t('column.becomes'),
      width: 90,
      value: (layer) => describePrecision(precisionOf(layer), float),
    },
    {
      id: 'before',
      header: t('column.msBefore'),
      width: 90,
      ...end,
      value: (layer) => layer.latencyBeforeMs,
      render: (layer) => formatMs(layer.latencyBeforeMs),
    },
    {
      id: 'after',
      header: t('column.msAfter'),
      width: 90,
      ...end,
      value: (layer) => layer.latencyAfterMs,
      render: (layer) => formatMs(layer.latencyAfterMs),
    },
    {
      id: 'introduced',
      header: t('column.introduced'),
      width: 80,
      ...end,
      value: (layer) => layer.introducedSqnrDb,
      render: (layer) => formatLayerDecibels(layer.introducedSqnrDb),
    },
    {
      id: 'sqnr',
      header: t('column.sqnr'),
      width: 80,
      ...end,
      value: (layer) => layer.sqnrDb,
      render: (layer) => formatLayerDecibels(layer.sqnrDb),
    },
  ];
}
