import { useTranslation } from 'react-i18next';
import type { Advice, Disagreement } from '../../../shared/advice.ts';
import { top1 } from '../../../shared/class-metrics.ts';
import { targetWords } from '../../../shared/target-texts.ts';
import { formatShare } from '../../../shared/units.ts';
import { formatMetricSign, formatPointChange } from '../../format.ts';
import { useEngineText, useMetricWords } from '../../hooks/use-engine-text.ts';

const formatDisagreement = ({ share, low, high }: Disagreement) => ({
  share: formatShare(share),
  low: formatShare(low),
  high: formatShare(high),
});

/** What to do with the compressed model, in a sentence or two. */
export function AdviceText({ advice }: { advice: Advice }): string {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const engineText = useEngineText();
  const metricWords = useMetricWords();
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
            label: metricWords(advice.row).label,
            test: engineText(advice.row.test!.name),
            pValue: advice.pValue.toPrecision(2),
          });
    case 'noVisibleLoss':
    case 'expectedLoss': {
      const parameters = {
        count: advice.count,
        label: metricWords(advice.row).label,
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
      return other + t('advice.unlabelled', { check: targetWords(advice.targetKind, language).check });
    }
  }
}
