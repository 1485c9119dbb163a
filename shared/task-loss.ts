import type { Candidate } from './candidate.ts';
import { formatMetric } from './units.ts';

type Loss = NonNullable<Candidate['taskLoss']>;

/** Its name and what it is. */
export const lossWords = (loss: Loss, language: string): Loss['zh'] => (language === 'zh-CN' ? loss.zh : loss);

/** With its unit, as it heads a column. */
export function nameLoss(loss: Loss, language: string): string {
  const { label } = lossWords(loss, language);
  return loss.unit === '' ? label : `${label} (${loss.unit})`;
}

/** Three digits, however small. */
export function formatLoss(loss: Candidate['taskLoss']): string {
  return loss?.value == null ? '–' : formatMetric(loss.value, '');
}
