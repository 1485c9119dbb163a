import { useTranslation } from 'react-i18next';
import { typicalSqnrDb } from '../../../shared/agreement.ts';
import { adviceOf, isSpeedUnclear, type Advice, type Disagreement } from '../../../shared/advice.ts';
import { isMachineBusy } from '../../../shared/busy-machine.ts';
import { speedPartsOf, type SpeedPart } from '../../../shared/speed-parts.ts';
import { timesOfSpeedup } from '../../../shared/paired-times.ts';
import type { ClosedLoop, RunDocument } from '../../../shared/run.ts';
import { formatBytes, formatDecibels, formatMs, formatSampleDecibels, formatShare } from '../../../shared/units.ts';
import { Definition } from '../../components/definition.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatPointChange, formatTimes, formatTimesInterval } from '../../format.ts';
import classes from './run-page.module.css';

const tones: Readonly<Record<Advice['kind'], 'good' | 'warning' | 'plain'>> = {
  gatesNotMet: 'warning',
  randomData: 'warning',
  farOff: 'warning',
  slower: 'warning',
  slowerThanPrepared: 'warning',
  realLoss: 'warning',
  noVisibleLoss: 'good',
  expectedLoss: 'plain',
  disagrees: 'warning',
  farOffForSome: 'warning',
  farOffInLoop: 'warning',
  disagreesInLoop: 'warning',
  worseInLoop: 'warning',
  unlabelled: 'plain',
};

/** The two lines for the person who decides: three figures with their intervals, and what to make of them. */
export function VerdictPanel({ document, compact }: { document: RunDocument; compact: boolean }) {
  const { t } = useTranslation();
  const { latency, accuracy, ledger, gates, data } = document;
  const size = ledger.find((row) => row.claim === 'storedBytes');
  const { ratio, ci95 } = latency.speedup;
  const times = timesOfSpeedup(latency);
  const parts = speedPartsOf(latency);
  const describePart = ({ kind, ratio }: SpeedPart): string =>
    t(`verdict.part.${kind}`, { ratio: formatTimes(kind === 'slower' ? 1 / ratio : ratio) });
  const advice = adviceOf(document);
  const tone = tones[advice.kind];
  return (
    <section className={classes.verdict} data-compact={compact || undefined} aria-label={t('verdict.title')}>
      <div className={classes.figure}>
        <span className={classes.figureTitle}>{t('verdict.size')}</span>
        <span className={classes.figureValue}>
          {formatTimes(size === undefined ? null : size.ratio >= 1 ? size.ratio : 1 / size.ratio)}{' '}
          <small>{t(size !== undefined && size.ratio < 1 ? 'verdict.larger' : 'verdict.smaller')}</small>
        </span>
        <span className={classes.figureDetail}>
          {size !== undefined && `${formatBytes(size.before)} → ${formatBytes(size.after)}`}
        </span>
      </div>
      <div className={classes.figure}>
        <span className={classes.figureTitle}>{t('verdict.speed', { count: latency.threads })}</span>
        <span className={classes.figureValue}>
          {formatTimes(ratio >= 1 ? ratio : 1 / ratio)}{' '}
          <small>
            {t(isSpeedUnclear(latency) ? 'verdict.sameSpeed' : ratio >= 1 ? 'verdict.faster' : 'verdict.slower')}
          </small>
        </span>
        <span className={classes.figureDetail}>
          {times.isEvened && `${t('verdict.about')} `}
          {formatMs(times.firstMs)} → {formatMs(times.secondMs)} · {t('verdict.interval')} {formatTimesInterval(ci95)}
        </span>
        {parts !== null && (
          <span className={classes.figureDetail}>
            {t('verdict.parts', { folding: describePart(parts.folding), compression: describePart(parts.compression) })}
          </span>
        )}
        {isMachineBusy(latency) && (
          <span className={classes.busy}>
            <Icon name="warning" size={12} /> {t('verdict.busy')}
          </span>
        )}
      </div>
      <div className={classes.figure}>
        {data.random ? (
          <>
            <span className={classes.figureTitle}>{t('verdict.accuracy')}</span>
            <span className={classes.figureValue}>–</span>
            <span className={classes.figureDetail}>{t('verdict.unknownRandom')}</span>
          </>
        ) : accuracy.difference !== null && accuracy.before !== null && accuracy.after !== null ? (
          <>
            <span className={classes.figureTitle}>{t('verdict.top1', { count: accuracy.count })}</span>
            <span className={classes.figureValue}>
              {formatPointChange(accuracy.difference.value)} <small>{t('verdict.points')}</small>
            </span>
            <span className={classes.figureDetail}>
              {formatShare(accuracy.before.value)} → {formatShare(accuracy.after.value)} · {t('verdict.interval')}{' '}
              {accuracy.difference.ci95.map((value) => formatPointChange(value)).join(' … ')}
            </span>
          </>
        ) : (
          <>
            <span className={classes.figureTitle}>
              {t(accuracy.agreement.top1 === null ? 'verdict.closeness' : 'verdict.agreement', {
                count: accuracy.count,
              })}
            </span>
            <span className={classes.figureValue}>
              {accuracy.agreement.top1 === null
                ? formatSampleDecibels(typicalSqnrDb(accuracy.agreement))
                : formatShare(accuracy.agreement.top1)}
            </span>
            <span className={classes.figureDetail}>{t('verdict.agreementDetail')}</span>
          </>
        )}
        <LoopDetail loop={accuracy.closedLoop} />
      </div>
      <div className={classes.advice} data-tone={tone}>
        <span className={classes.adviceText}>
          <Icon name={tone === 'warning' ? 'warning' : tone === 'good' ? 'check' : 'info'} />
          <span>
            <AdviceText advice={advice} />
          </span>
        </span>
        {gates.map((gate) => (
          <span key={gate.name} className={classes.gate} data-met={gate.met}>
            <Icon name={gate.met ? 'check' : 'close'} size={12} />
            {gate.actual === null
              ? t('gate.unknown', { limit: gate.limit })
              : t(`gate.found.${gate.name}`, {
                  actual: gate.actual.toFixed(gate.name === 'maxSizeRatio' ? 3 : 2),
                  limit: gate.limit,
                })}
          </span>
        ))}
      </div>
    </section>
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

const formatDisagreement = ({ share, low, high }: Disagreement) => ({
  share: formatShare(share),
  low: formatShare(low),
  high: formatShare(high),
});

function AdviceText({ advice }: { advice: Advice }): string {
  const { t } = useTranslation();
  switch (advice.kind) {
    case 'gatesNotMet':
      return t('advice.gatesNotMet');
    case 'randomData':
      return t('advice.randomData');
    case 'farOff':
      return `${t('advice.farOff', { share: formatShare(advice.share) })} ${t(`advice.remedy.${advice.cause}`)}`;
    case 'slower':
      return t('advice.slower');
    case 'slowerThanPrepared':
      return t('advice.slowerThanPrepared');
    case 'realLoss':
      return t('advice.realLoss', { pValue: advice.pValue.toPrecision(2) });
    case 'noVisibleLoss':
    case 'expectedLoss': {
      const parameters = {
        count: advice.count,
        low: formatPointChange(advice.low),
        high: formatPointChange(advice.high),
        ...(advice.kind === 'expectedLoss' && { expected: formatPointChange(advice.expected) }),
      };
      return `${advice.gatesMet ? `${t('advice.gatesMet')} ` : ''}${t(`advice.${advice.kind}`, parameters)}`;
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
