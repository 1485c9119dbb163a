import type { TFunction } from 'i18next';
import { describePrecision, isReduced, precisionOf } from '../../../shared/precision.ts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { foldedInto, retell } from '../../../shared/engine-texts.ts';
import type { Layer, RunDocument } from '../../../shared/run.ts';
import { describeSlowCause } from '../../../shared/slow-cause-texts.ts';
import { slowCausesOf } from '../../../shared/slow-causes.ts';
import { layerSpeedup } from '../../../shared/charts/layer-speedup.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/units.ts';
import { MiddleCut } from '../../components/middle-cut.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatDims, formatLayerDecibels, formatTimes } from '../../format.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import classes from './run-page.module.css';
import { ruinedDb, slowedRatio } from './worth-looking.ts';

/** SQNR at which an error bar is full, and at which it is empty. */
const worstDb = 5;
const bestDb = 45;

/** int8, float and why, or folded into another layer; the whole reason is one hover away. */
function Becomes({ layer }: { layer: Layer }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const { reason } = layer;
  const why = engineText(reason, layer.reasonSaid);
  if (foldedInto(reason) !== null) {
    return (
      <span title={why} className="muted">
        {t('plan.folded')}
      </span>
    );
  }
  const kind = describePrecision(precisionOf(layer), t('plan.float'));
  return reason === '' ? (
    kind
  ) : (
    <span title={why} className="muted">
      {kind} · {why}
    </span>
  );
}

/** What columns are made from. */
interface ColumnFacts {
  readonly t: TFunction;
  readonly language: 'en' | 'zh-CN';
  readonly layers: readonly Layer[];
  /** Why layers are slower, by name. */
  readonly causes: ReturnType<typeof slowCausesOf>;
  /** The most of any layer, never 0: what fills a bar. */
  readonly mostMs: number;
  readonly mostBytes: number;
  readonly mostMacs: number;
}

function factsOf(document: RunDocument): Omit<ColumnFacts, 't' | 'language'> {
  const { layers } = document;
  const largest = (value: (layer: Layer) => number | null): number =>
    layers.reduce((most, layer) => Math.max(most, value(layer) ?? 0), 0) || 1;
  return {
    layers,
    causes: slowCausesOf(document),
    mostMs: largest((layer) => Math.max(layer.latencyBeforeMs ?? 0, layer.latencyAfterMs ?? 0)),
    mostBytes: largest((layer) => Math.max(layer.bytesBefore, layer.bytesAfter)),
    mostMacs: largest((layer) => layer.macs),
  };
}

/** What is known about a layer; bars behind times, bytes and error show which ones matter. */
export function useLayerColumns(document: RunDocument): TableColumn<Layer>[] {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  return useMemo(() => {
    const facts = { t, language, ...factsOf(document) } as const;
    return columns.map((make) => make(facts));
  }, [t, language, document]);
}

const ms = (value: number | null): string => (value === null ? '–' : formatMs(value).replace(' ms', ''));
const end = { align: 'end' } as const;

const columns: readonly ((facts: ColumnFacts) => TableColumn<Layer>)[] = [
  ({ t }) => ({
    id: 'name',
    header: t('column.layer'),
    width: 148,
    grow: 2,
    clip: 'middle',
    value: (layer) => layer.name,
    hideable: false,
    render: (layer) => (
      <span title={layer.name} className={foldedInto(layer.reason) === null ? undefined : classes.folded}>
        <MiddleCut text={layer.name} />
      </span>
    ),
  }),
  ({ t, causes }) => ({
    id: 'opType',
    yields: causes.size > 0,
    header: t('column.op'),
    width: 84,
    value: (layer) => layer.opType,
    render: (layer) => <span title={layer.opType}>{layer.opType}</span>,
  }),
  ({ t, language }) => ({
    id: 'kept',
    header: t('column.becomes'),
    definition: t('definition.becomes'),
    width: 88,
    grow: 1,
    value: (layer) => (layer.reason === '' ? describePrecision(precisionOf(layer)) : layer.reason),
    shown: (layer) =>
      layer.reason === ''
        ? describePrecision(precisionOf(layer), t('plan.float'))
        : retell(layer.reasonSaid, layer.reason, language),
    render: (layer) => <Becomes layer={layer} />,
  }),
  ({ t, mostMs }) => ({
    id: 'before',
    header: t('column.msBefore'),
    definition: t('definition.layerMs'),
    width: 76,
    ...end,
    value: (layer) => layer.latencyBeforeMs,
    render: (layer) => ms(layer.latencyBeforeMs),
    heat: (layer) => (layer.latencyBeforeMs ?? 0) / mostMs,
  }),
  ({ t, mostMs }) => ({
    id: 'after',
    header: t('column.msAfter'),
    definition: t('definition.layerMs'),
    width: 68,
    ...end,
    value: (layer) => layer.latencyAfterMs,
    render: (layer) => ms(layer.latencyAfterMs),
    heat: (layer) => (layer.latencyAfterMs ?? 0) / mostMs,
  }),
  ({ t }) => ({
    id: 'speedup',
    header: t('column.speedup'),
    definition: t('definition.layerSpeedup'),
    width: 76,
    ...end,
    value: layerSpeedup,
    render: (layer) => {
      const speedup = layerSpeedup(layer);
      const isSlower = speedup !== null && speedup < slowedRatio && isReduced(precisionOf(layer));
      return <span className={isSlower ? classes.bad : undefined}>{formatTimes(speedup)}</span>;
    },
  }),
  ({ t, language, causes }) => ({
    id: 'whySlower',
    header: t('column.whySlower'),
    definition: t('definition.whySlower'),
    width: 104,
    grow: 1,
    value: (layer) => causes.get(layer.name)?.kind ?? null,
    render: (layer) => {
      const cause = causes.get(layer.name);
      if (cause === undefined) return '';
      const { name, sentence } = describeSlowCause(cause, language);
      return <span title={sentence}>{name}</span>;
    },
    initiallyHidden: causes.size === 0,
  }),
  ({ t, mostBytes }) => ({
    id: 'bytesBefore',
    header: t('column.bytesBefore'),
    width: 88,
    ...end,
    value: (layer) => layer.bytesBefore,
    render: (layer) => (layer.bytesBefore === 0 ? '–' : formatBytes(layer.bytesBefore)),
    heat: (layer) => layer.bytesBefore / mostBytes,
    initiallyHidden: true,
  }),
  ({ t, causes, mostBytes }) => ({
    id: 'bytesAfter',
    yields: causes.size > 0,
    header: t('column.bytesAfter'),
    width: 82,
    ...end,
    value: (layer) => layer.bytesAfter,
    render: (layer) => (layer.bytesAfter === 0 ? '–' : formatBytes(layer.bytesAfter)),
    heat: (layer) => layer.bytesAfter / mostBytes,
  }),
  ({ t }) => ({
    id: 'sqnr',
    header: t('column.sqnr'),
    definition: t('definition.layerSqnr'),
    width: 68,
    ...end,
    value: (layer) => layer.sqnrDb,
    render: (layer) => (
      <span className={layer.sqnrDb !== null && layer.sqnrDb < ruinedDb ? classes.bad : undefined}>
        {formatLayerDecibels(layer.sqnrDb)}
      </span>
    ),
    heat: (layer) =>
      layer.sqnrDb === null ? null : Math.max(0, Math.min(1, (bestDb - layer.sqnrDb) / (bestDb - worstDb))),
  }),
  ({ t, layers }) => ({
    id: 'introduced',
    header: t('column.introduced'),
    definition: t('definition.introduced'),
    width: 72,
    ...end,
    value: (layer) => layer.introducedSqnrDb,
    render: (layer) => (
      <span className={layer.introducedSqnrDb !== null && layer.introducedSqnrDb < ruinedDb ? classes.bad : undefined}>
        {formatLayerDecibels(layer.introducedSqnrDb)}
      </span>
    ),
    initiallyHidden: layers.every(({ introducedSqnrDb }) => introducedSqnrDb === null),
  }),
  ({ t, layers }) => ({
    id: 'saturation',
    header: t('column.saturation'),
    definition: t('definition.saturation'),
    width: 84,
    ...end,
    value: (layer) => layer.saturation?.sqnrDb ?? null,
    render: ({ saturation }) => (
      <span className={saturation?.sqnrDb != null && saturation.sqnrDb < ruinedDb ? classes.bad : undefined}>
        {saturation === null ? '–' : formatLayerDecibels(saturation.sqnrDb)}
      </span>
    ),
    initiallyHidden: layers.every(({ saturation }) => saturation?.sqnrDb == null),
  }),
  ({ t, mostMacs }) => ({
    id: 'macs',
    header: t('column.macs'),
    definition: t('definition.macs'),
    width: 88,
    ...end,
    value: (layer) => layer.macs,
    render: (layer) => (layer.macs === 0 ? '–' : formatCount(layer.macs)),
    heat: (layer) => layer.macs / mostMacs,
    initiallyHidden: true,
  }),
  ({ t }) => ({
    id: 'parameters',
    header: t('column.parameters'),
    width: 96,
    ...end,
    value: (layer) => layer.parameters,
    render: (layer) => (layer.parameters === 0 ? '–' : formatCount(layer.parameters)),
    initiallyHidden: true,
  }),
  ({ t }) => ({
    id: 'bits',
    header: t('column.bits'),
    definition: t('definition.bits'),
    width: 76,
    ...end,
    value: (layer) => layer.weightBits,
    render: (layer) => `${layer.weightBits} / ${layer.activationBits}`,
    initiallyHidden: true,
  }),
  ({ t }) => ({
    id: 'inputShape',
    header: t('column.inputShape'),
    width: 130,
    value: (layer) => formatDims(layer.inputShape),
    initiallyHidden: true,
  }),
  ({ t }) => ({
    id: 'outputShape',
    header: t('column.outputShape'),
    width: 130,
    value: (layer) => formatDims(layer.outputShape),
    initiallyHidden: true,
  }),
];
