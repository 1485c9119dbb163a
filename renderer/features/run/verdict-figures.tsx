import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isMachineBusy } from '../../../shared/busy-machine.ts';
import { top1 } from '../../../shared/class-metrics.ts';
import type { Axis } from '../../../shared/decision.ts';
import type { AxisText } from '../../../shared/decision-texts.ts';
import { mainRow } from '../../../shared/metric-row.ts';
import { nameCompression } from '../../../shared/name-compression.ts';
import { timesOfSpeedup } from '../../../shared/paired-times.ts';
import type { ClosedLoop, RunDocument } from '../../../shared/run.ts';
import { speedPartsOf, type SpeedPart } from '../../../shared/speed-parts.ts';
import { targetKindOf, taskAgreement } from '../../../shared/target-kinds.ts';
import { targetWords } from '../../../shared/target-texts.ts';
import { formatBytes, formatDecibels, formatMetric, formatMs, formatShare } from '../../../shared/units.ts';
import { Definition } from '../../components/definition.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatMetricSign, formatTimes, formatTimesInterval } from '../../format.ts';
import { useMetricWords } from '../../hooks/use-engine-text.ts';
import classes from './run-page.module.css';

interface FigureProps {
  readonly document: RunDocument;
  readonly text: AxisText;
  readonly compact: boolean;
  /** Shows what an axis rests on. */
  readonly onProof: (axis: Axis['axis']) => void;
}

/** One axis of the decision: what it is called, its value, and below what that is made of. */
function Figure(
  props: Omit<FigureProps, 'document'> & {
    readonly title: string;
    readonly value: string;
    readonly children: ReactNode;
  },
) {
  const { t } = useTranslation();
  const { text } = props;
  return (
    <div className={classes.figure} data-state={text.state} data-line>
      <span className={classes.figureTitle}>
        {props.compact ? text.title : props.title}
        <button type="button" className={classes.proof} onClick={() => props.onProof(text.axis)}>
          {t('verdict.proof')}
          <span className={classes.hidden}>: {text.title}</span>
        </button>
      </span>
      <span className={classes.figureValue}>
        {props.value} <small>{text.word}</small>
      </span>
      {props.children}
    </div>
  );
}

function Interval({ range }: { readonly range: string }) {
  const { t } = useTranslation();
  return (
    <>
      {' '}
      · {t('verdict.interval')} {range}
    </>
  );
}

export function SizeFigure({ document, ...axis }: FigureProps) {
  const { t } = useTranslation();
  const size = document.ledger.find((row) => row.claim === 'storedBytes');
  return (
    <Figure {...axis} title={t('verdict.size')} value={formatTimes(size?.ratio ?? null)}>
      <span className={classes.figureDetail}>
        {size !== undefined && `${formatBytes(size.before)} → ${formatBytes(size.after)}`}
      </span>
    </Figure>
  );
}

export function SpeedFigure({ document, ...axis }: FigureProps) {
  const { t, i18n } = useTranslation();
  const { latency, layers } = document;
  const times = timesOfSpeedup(latency);
  const parts = speedPartsOf(latency);
  // One direction, before / after, so that a figure lies in the interval beside it.
  const describePart = ({ kind, ratio }: SpeedPart): string => t(`verdict.part.${kind}`, { ratio: formatTimes(ratio) });
  return (
    <Figure {...axis} title={t('verdict.speed', { count: latency.threads })} value={formatTimes(latency.speedup.ratio)}>
      <span className={classes.figureDetail}>
        {times.isEvened && `${t('verdict.about')} `}
        {formatMs(times.firstMs)} → {formatMs(times.secondMs)}
        <Interval range={formatTimesInterval(latency.speedup.ci95)} />
      </span>
      {parts !== null && (
        <span className={classes.figureDetail}>
          {t('verdict.parts', {
            folding: describePart(parts.folding),
            compression: describePart(parts.compression),
            means: nameCompression(layers, i18n.language === 'zh-CN' ? 'zh-CN' : 'en'),
          })}
        </span>
      )}
      {isMachineBusy(latency) && (
        <span className={classes.busy}>
          <Icon name="warning" size={12} /> {t('verdict.busy')}
        </span>
      )}
    </Figure>
  );
}

export function TaskFigure({ document, ...axis }: FigureProps) {
  const { t, i18n } = useTranslation();
  const metricWords = useMetricWords();
  const { accuracy, data } = document;
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const row = mainRow(accuracy);
  const agreed = taskAgreement(accuracy);
  const title = data.random
    ? t('verdict.accuracy')
    : row === null
      ? agreed !== null
        ? t('verdict.metric', { label: metricWords(agreed).label, count: agreed.count })
        : t(accuracy.agreement.top1 === null ? 'verdict.closeness' : 'verdict.agreement', { count: accuracy.count })
      : row.metric === top1.metric
        ? t('verdict.top1', { count: row.count })
        : t('verdict.metric', { label: metricWords(row).label, count: row.count });
  return (
    <Figure {...axis} title={title} value={axis.text.value.replace('-', '−')}>
      {!data.random && (
        <span className={classes.figureDetail}>
          {row !== null ? (
            <>
              {formatMetric(row.before, row.unit)} → {formatMetric(row.after, row.unit)}
              <Interval range={row.ci95!.map((value) => formatMetricSign(value, row.unit)).join(' … ')} />
            </>
          ) : (
            t('verdict.agreementDetail', { targets: targetWords(targetKindOf(accuracy), language).name })
          )}
        </span>
      )}
      <LoopDetail loop={accuracy.closedLoop} />
    </Figure>
  );
}

/** What becomes of a model with state where each is fed with its own, next to what single steps say. */
function LoopDetail({ loop }: { loop: ClosedLoop | null }) {
  const { t } = useTranslation();
  if (loop === null) return null;
  const { steps, sqnrDb, decisionShare } = loop;
  const closeness = sqnrDb === null ? t('verdict.identical') : formatDecibels(sqnrDb);
  const decisions =
    decisionShare === null ? '' : ` · ${t('verdict.loopDecisions', { share: formatShare(decisionShare) })}`;
  return (
    <span className={classes.figureDetail}>
      <Definition term={t('verdict.loop', { count: steps })}>{t('verdict.loopDefinition')}</Definition> {closeness}
      {decisions}
    </span>
  );
}
