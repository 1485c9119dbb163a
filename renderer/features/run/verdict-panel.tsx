import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { adviceOf, type Advice, type Disagreement } from '../../../shared/advice.ts';
import { isMachineBusy } from '../../../shared/busy-machine.ts';
import { top1 } from '../../../shared/class-metrics.ts';
import { decisionOf, type Axis } from '../../../shared/decision.ts';
import { decisionWords, describeAxes, type AxisText } from '../../../shared/decision-texts.ts';
import { mainRow } from '../../../shared/metric-row.ts';
import { nameCompression } from '../../../shared/name-compression.ts';
import { speedPartsOf, type SpeedPart } from '../../../shared/speed-parts.ts';
import { timesOfSpeedup } from '../../../shared/paired-times.ts';
import type { ClosedLoop, RunDocument } from '../../../shared/run.ts';
import { formatBytes, formatDecibels, formatMetric, formatMs, formatShare } from '../../../shared/units.ts';
import { Definition } from '../../components/definition.tsx';
import { Icon } from '../../components/icon.tsx';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import { formatMetricSign, formatPointChange, formatTimes, formatTimesInterval } from '../../format.ts';
import classes from './run-page.module.css';

/** For the person who decides: ship or not, and of size, speed and task what makes it so. */
export function VerdictPanel(props: {
  readonly document: RunDocument;
  readonly compact: boolean;
  /** Shows what an axis rests on. */
  readonly onProof: (axis: Axis['axis']) => void;
}) {
  const { t, i18n } = useTranslation();
  const { document, compact } = props;
  const { latency, accuracy, ledger, gates, data } = document;
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const engineText = useEngineText();
  const row = mainRow(accuracy);
  const decided = decisionOf(document);
  const [sizeText, speedText, taskText] = describeAxes(decided, document, language) as [AxisText, AxisText, AxisText];
  const size = ledger.find((row) => row.claim === 'storedBytes');
  const times = timesOfSpeedup(latency);
  const parts = speedPartsOf(latency);
  // One direction, before / after, so that a figure lies in the interval beside it.
  const describePart = ({ kind, ratio }: SpeedPart): string => t(`verdict.part.${kind}`, { ratio: formatTimes(ratio) });
  const figure = (text: AxisText, title: string, value: string, details: ReactNode) => (
    <div className={classes.figure} data-state={text.state}>
      <span className={classes.figureTitle}>
        {compact ? text.title : title}
        <button type="button" className={classes.proof} onClick={() => props.onProof(text.axis)}>
          {t('verdict.proof')}
          <span className={classes.hidden}>: {text.title}</span>
        </button>
      </span>
      <span className={classes.figureValue}>
        {value} <small>{text.word}</small>
      </span>
      {details}
    </div>
  );
  const interval = (low: string): ReactNode => (
    <>
      {' '}
      · {t('verdict.interval')} {low}
    </>
  );
  return (
    <section className={classes.verdict} data-compact={compact || undefined} aria-label={t('verdict.title')}>
      <div className={classes.decision} data-decision={decided.decision}>
        <strong className={classes.decisionWord}>
          <Icon name={decisionIcons[decided.decision]} size={compact ? 14 : 20} />
          {decisionWords[language][decided.decision]}
        </strong>
        <span className={classes.adviceText}>
          <AdviceText advice={adviceOf(document)} />
        </span>
        <span className={classes.tolerated}>
          {t('verdict.tolerated', {
            count: decided.task.limit,
            speed: formatTimes(decided.speed.limit),
            size: formatShare(decided.size.limit).replace('.0 %', ' %'),
          })}
        </span>
        {gates.map((gate) => (
          <span key={`${gate.name} ${gate.metric ?? ''}`} className={classes.gate} data-met={gate.met}>
            <Icon name={gate.met ? 'check' : 'close'} size={12} />
            {gate.actual === null
              ? gate.metric === null
                ? t('gate.unknown', { limit: gate.limit })
                : t('gate.unknownDrop', { metric: gate.metric, limit: gate.limit })
              : t(`gate.found.${gate.name}`, {
                  metric: gate.metric ?? '',
                  actual:
                    gate.name === 'maxDrop'
                      ? String(Number(gate.actual.toPrecision(4)))
                      : gate.actual.toFixed(gate.name === 'maxSizeRatio' ? 3 : 2),
                  limit: gate.limit,
                })}
          </span>
        ))}
      </div>
      {figure(
        sizeText,
        t('verdict.size'),
        formatTimes(size?.ratio ?? null),
        <span className={classes.figureDetail}>
          {size !== undefined && `${formatBytes(size.before)} → ${formatBytes(size.after)}`}
        </span>,
      )}
      {figure(
        speedText,
        t('verdict.speed', { count: latency.threads }),
        formatTimes(latency.speedup.ratio),
        <>
          <span className={classes.figureDetail}>
            {times.isEvened && `${t('verdict.about')} `}
            {formatMs(times.firstMs)} → {formatMs(times.secondMs)}
            {interval(formatTimesInterval(latency.speedup.ci95))}
          </span>
          {parts !== null && (
            <span className={classes.figureDetail}>
              {t('verdict.parts', {
                folding: describePart(parts.folding),
                compression: describePart(parts.compression),
                means: nameCompression(document.layers, language),
              })}
            </span>
          )}
          {isMachineBusy(latency) && (
            <span className={classes.busy}>
              <Icon name="warning" size={12} /> {t('verdict.busy')}
            </span>
          )}
        </>,
      )}
      {figure(
        taskText,
        data.random
          ? t('verdict.accuracy')
          : row === null
            ? t(accuracy.agreement.top1 === null ? 'verdict.closeness' : 'verdict.agreement', { count: accuracy.count })
            : row.metric === top1.metric
              ? t('verdict.top1', { count: row.count })
              : t('verdict.metric', { label: engineText(row.label), count: row.count }),
        taskText.value.replace('-', '−'),
        <>
          {!data.random && (
            <span className={classes.figureDetail}>
              {row !== null ? (
                <>
                  {formatMetric(row.before, row.unit)} → {formatMetric(row.after, row.unit)}
                  {interval(row.ci95!.map((value) => formatMetricSign(value, row.unit)).join(' … '))}
                </>
              ) : (
                t('verdict.agreementDetail')
              )}
            </span>
          )}
          <LoopDetail loop={accuracy.closedLoop} />
        </>,
      )}
    </section>
  );
}

const decisionIcons = { ship: 'check', doNotShip: 'close', notProven: 'info' } as const;

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

const formatDisagreement = ({ share, low, high }: Disagreement) => ({
  share: formatShare(share),
  low: formatShare(low),
  high: formatShare(high),
});

function AdviceText({ advice }: { advice: Advice }): string {
  const { t } = useTranslation();
  const engineText = useEngineText();
  switch (advice.kind) {
    case 'gatesNotMet':
      return t('advice.gatesNotMet');
    case 'randomData':
      return t('advice.randomData');
    case 'farOff':
      return `${t('advice.farOff', { share: formatShare(advice.share) })} ${t(`advice.remedy.${advice.cause}`)}`;
    case 'larger':
      return t('advice.larger');
    case 'slower':
      return t('advice.slower');
    case 'slowerThanPrepared':
      return t('advice.slowerThanPrepared');
    case 'realLoss':
      return advice.row.metric === top1.metric
        ? t('advice.realLoss', { pValue: advice.pValue.toPrecision(2) })
        : t('advice.realLossBy', {
            label: engineText(advice.row.label),
            test: engineText(advice.row.test!.name),
            pValue: advice.pValue.toPrecision(2),
          });
    case 'noVisibleLoss':
    case 'expectedLoss': {
      const parameters = {
        count: advice.count,
        label: engineText(advice.row.label),
        unit: { share: ` ${t('verdict.points')}`, dB: ' dB', '': '' }[advice.row.unit],
        low: formatMetricSign(advice.low, advice.row.unit),
        high: formatMetricSign(advice.high, advice.row.unit),
        ...(advice.kind === 'expectedLoss' && { expected: formatPointChange(advice.expected) }),
      };
      const key = advice.row.metric === top1.metric ? advice.kind : ('noVisibleLossBy' as const);
      return `${advice.gatesMet ? `${t('advice.gatesMet')} ` : ''}${t(`advice.${key}`, parameters)}`;
    }
    case 'farOffInLoop':
      return t('advice.farOffInLoop', { count: advice.steps, share: formatShare(advice.share) });
    case 'disagreesInLoop':
      return t('advice.disagreesInLoop', { count: advice.steps, ...formatDisagreement(advice) });
    case 'worseInLoop':
      return t('advice.worseInLoop', { count: advice.steps });
    case 'farOffForSome':
      return t('advice.farOffForSome', { share: formatShare(advice.share) });
    case 'disagrees':
      return `${t('advice.disagrees', formatDisagreement(advice))} ${t(`advice.remedy.${advice.cause}`)}`;
    case 'unlabelled': {
      const { disagreement } = advice;
      const other = disagreement === null ? '' : `${t('advice.disagreement', formatDisagreement(disagreement))} `;
      return other + t('advice.unlabelled');
    }
  }
}
