import { describePrecision, precisionOf } from '../../../shared/precision.ts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Layer, RunDocument, TensorRange, WeightRange } from '../../../shared/run.ts';
import { describeSlowCause } from '../../../shared/slow-cause-texts.ts';
import { slowCausesOf } from '../../../shared/slow-causes.ts';
import { formatBytes, formatDecibels, formatMs, formatShare, formatSmallShare } from '../../../shared/units.ts';
import { formatDims, formatLayerDecibels, formatNumber } from '../../format.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import { findRange, findWeights } from './find-range.ts';
import { HistogramChart } from './histogram-chart.tsx';
import classes from './run-page.module.css';

/** The chosen layer in figures, and its activations and weights with the ranges chosen for them. */
export function LayerDetails({ layer, document }: { layer: Layer; document: RunDocument }) {
  const { t, i18n } = useTranslation();
  const engineText = useEngineText();
  const range = useMemo(() => findRange(layer, document.layers, document.ranges), [layer, document]);
  const weights = useMemo(() => findWeights(layer, document.weights), [layer, document]);
  const cause = useMemo(() => slowCausesOf(document).get(layer.name), [layer, document]);
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
          {describePrecision(precisionOf(layer), t('plan.float'))}
          {layer.reason !== '' && ` · ${engineText(layer.reason, layer.reasonSaid)}`}
        </dd>
        <dt>{t('layers.time')}</dt>
        <dd>
          {formatMs(layer.latencyBeforeMs)} → {formatMs(layer.latencyAfterMs)}
        </dd>
        {cause !== undefined && (
          <>
            <dt>{t('column.whySlower')}</dt>
            <dd>{describeSlowCause(cause, i18n.language === 'zh-CN' ? 'zh-CN' : 'en').sentence}</dd>
          </>
        )}
        <dt>{t('layers.bytes')}</dt>
        <dd>
          {formatBytes(layer.bytesBefore)} → {formatBytes(layer.bytesAfter)}
        </dd>
        {layer.effect !== null && (
          <>
            <dt>{t('whatIf.effect')}</dt>
            <dd>
              {t('whatIf.effectOf', {
                only: formatDecibels(layer.effect.onlySqnrDb),
                without: formatDecibels(layer.effect.withoutSqnrDb),
                whole: formatDecibels(document.effects?.wholeSqnrDb ?? null),
              })}
            </dd>
          </>
        )}
        {layer.saturation !== null && (
          <>
            <dt>{t('column.saturation')}</dt>
            <dd>
              {t('layers.saturates', {
                share: formatSmallShare(layer.saturation.share),
                db: formatLayerDecibels(layer.saturation.sqnrDb),
              })}
            </dd>
          </>
        )}
        {range !== null && (
          <>
            <dt>{t('layers.range')}</dt>
            <dd>
              {formatNumber(range.low)} … {formatNumber(range.high)}
              {range.decides && ` · ${t('layers.decides')}`}
            </dd>
            {range.clippedValueShare !== null && (
              <>
                <dt>{t('layers.clipped')}</dt>
                <dd>
                  {t('layers.clippedShares', {
                    values: formatSmallShare(range.clippedValueShare),
                    samples: formatShare(range.clippedSampleShare),
                    count: range.unseenSampleCount ?? 0,
                  })}
                </dd>
              </>
            )}
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
