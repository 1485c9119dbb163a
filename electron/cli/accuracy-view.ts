import { countsPositions } from '../../shared/agreement.ts';
import { isCommonAgreement } from '../../shared/class-metrics.ts';
import type { Interval95, MetricRow } from '../../shared/metric-row.ts';
import type { Accuracy } from '../../shared/run.ts';
import { targetKindOf } from '../../shared/target-kinds.ts';
import { targetWords } from '../../shared/target-texts.ts';
import {
  formatCount,
  formatDecibels,
  formatInterval,
  formatMetric,
  formatMetricChange,
  formatPoints,
  formatSampleDecibels,
  formatShare,
} from '../../shared/units.ts';
import { bad } from './output.ts';
import { renderTable } from './tables.ts';

function withInterval(value: string, ci95: Interval95 | null, format: (value: number) => string): string {
  return ci95 === null ? value : `${value} ${formatInterval(ci95, format)}`;
}

function renderRow(row: MetricRow): string[] {
  const format = (value: number): string => formatMetric(value, row.unit);
  const formatChange = (value: number): string => formatMetricChange(value, row.unit);
  return [
    row.label,
    row.before === null ? '–' : withInterval(format(row.before), row.beforeCi95, format),
    withInterval(formatMetric(row.after, row.unit), row.afterCi95, format),
    row.difference === null ? '–' : withInterval(formatChange(row.difference), row.ci95, formatChange),
  ];
}

function describeTest({ label, test }: MetricRow): string[] {
  if (test === null) return [];
  const { name, pValue, betterBefore, betterAfter } = test;
  const p = `(${name} p = ${pValue.toFixed(3)})`;
  return name === 'McNemar'
    ? [`${label}: right only in the original ${betterBefore}, right only in the compressed model ${betterAfter} ${p}`]
    : [`${label}: better in the original on ${betterBefore} samples, in the compressed model on ${betterAfter} ${p}`];
}

function formatExpected({ expectedDifference, expectedDifferenceCi95 }: Accuracy): string {
  return withInterval(formatPoints(expectedDifference), expectedDifferenceCi95, formatPoints);
}

function describeAgreement({ agreement: agreed }: Accuracy): string {
  const { samples } = agreed;
  const of = `${formatCount(agreed.count)} samples`;
  const share = formatShare(agreed.top1);
  const sameClass =
    agreed.top1 === null
      ? ''
      : `same first class ${countsPositions(agreed) ? `at ${share} of the positions in ${of}` : `on ${share} of ${of}`}, output `;
  const perSample =
    samples === null || agreed.sqnrDb === null
      ? ''
      : ` (per sample: mean ${formatSampleDecibels(samples.meanSqnrDb)}, worst tenth ${formatSampleDecibels(samples.worstTenthSqnrDb)})`;
  return `agreement: ${sameClass}SQNR ${formatDecibels(agreed.sqnrDb)}${perSample}, cosine ${agreed.cosine.toFixed(5)}`;
}

/** What the compression did to the task: every figure, its paired test, and agreement, called so. */
export function renderAccuracy(accuracy: Accuracy, random: boolean): string {
  const rows = accuracy.metrics.filter((row) => !isCommonAgreement(row));
  const lines: string[] = [];
  if (rows.length > 0) {
    const titles = ['metric', 'before', 'after', 'difference'].map((title) => ({ title }));
    lines.push(renderTable(titles, rows.map(renderRow)));
  }
  // Of the one that a run is judged by: the others tell the same samples again.
  lines.push(...rows.slice(0, 1).flatMap(describeTest));
  if (accuracy.expectedDifference !== null) {
    lines.push(`expected difference from score changes of this size: ${formatExpected(accuracy)}`);
  }
  lines.push(describeAgreement(accuracy));
  const { closedLoop } = accuracy;
  if (closedLoop !== null) {
    const { steps, sqnrDb, worstTenthSqnrDb, decisionShare } = closedLoop;
    const decisions = decisionShare === null ? '' : `, ${formatShare(decisionShare)} of decisions alike`;
    lines.push(
      `closed loop over ${formatCount(steps)} steps, each model with its own states: SQNR ${formatDecibels(sqnrDb)} ` +
        `(worst tenth ${formatSampleDecibels(worstTenthSqnrDb)})${decisions}`,
    );
  }
  if (!accuracy.metrics.some(({ against }) => against === 'targets'))
    lines.push(
      `No ${targetWords(targetKindOf(accuracy), 'en').name}: this is agreement with the original, not accuracy.`,
    );
  if (random) lines.push(bad('Random data: these results say nothing about real inputs.'));
  return lines.join('\n');
}
