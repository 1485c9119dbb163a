import { countsPositions } from '../../../shared/agreement.ts';
import { isCommonAgreement } from '../../../shared/class-metrics.ts';
import { type ChartStyle } from '../../../shared/charts/chart-style.ts';
import { buildIntervalChart } from '../../../shared/charts/intervals.ts';
import { changedClasses, changedConfusions, signCount } from '../../../shared/confusion-matrix.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import { mainRow, type Interval95, type MetricRow } from '../../../shared/metric-row.ts';
import type { Accuracy, RunDocument } from '../../../shared/run.ts';
import { targetKindOf } from '../../../shared/target-kinds.ts';
import { targetWords } from '../../../shared/target-texts.ts';
import {
  formatCount,
  formatFixed,
  formatInterval,
  formatMetric,
  formatShare,
  signMetric,
} from '../../../shared/units.ts';
import { nameAnswer, nameSample } from '../../../shared/sample-evidence.ts';
import { countOutcomes, sampleWords } from '../../../shared/sample-texts.ts';
import { chartBlock } from './report-charts.ts';
import type { Block, Section } from '../report-document.ts';
import {
  formatMetricDifference,
  formatPoints,
  formatPointsInterval,
  formatPValue,
  formatSampleSqnr,
  formatSqnr,
} from '../texts/report-figures.ts';
import type { ReportTexts } from '../texts/report-texts.ts';

function sideOf(value: number | null, ci95: Interval95 | null, unit: MetricRow['unit']): string {
  const text = formatMetric(value, unit);
  return ci95 === null ? text : `${text} ${formatInterval(ci95, (limit) => formatMetric(limit, unit))}`;
}

function metricCells(row: MetricRow, texts: ReportTexts): string[] {
  const { unit, before, after, beforeCi95, afterCi95, difference, ci95 } = row;
  return [
    texts.metricWords(row).label,
    before === null ? '–' : sideOf(before, beforeCi95, unit),
    sideOf(after, afterCi95, unit),
    difference === null ? '–' : formatMetricDifference(difference, unit, texts),
    ci95 === null ? '–' : `[${ci95.map((limit) => signMetric(limit, unit)).join(', ')}]`,
  ];
}

/** Both models with their intervals: of the figures that share an axis with the one a run is judged by. */
function chartOf(rows: readonly MetricRow[], style: ChartStyle, texts: ReportTexts): Block[] {
  const main = rows.find(({ before }) => before !== null);
  if (main === undefined) return [];
  const isShare = main.unit === 'share';
  const shown = isShare ? rows.filter(({ unit, before }) => unit === 'share' && before !== null) : [main];
  const scale = isShare ? 100 : 1;
  const lines = shown.flatMap((row) =>
    (['before', 'after'] as const).flatMap((role) => {
      const [value, ci95] = role === 'before' ? [row.before, row.beforeCi95] : [row.after, row.afterCi95];
      if (value === null) return [];
      return [
        {
          label: `${texts.metricWords(row).label}, ${texts.chart[role]}`,
          value: scale * value,
          ci95: ci95 === null ? null : ([scale * ci95[0], scale * ci95[1]] as Interval95),
          role,
          text: formatMetric(value, row.unit),
        },
      ];
    }),
  );
  const title = isShare ? `${texts.sections.accuracy} (%)` : texts.metricWords(main).label;
  const unit = isShare ? '%' : main.unit === 'dB' ? 'dB' : '';
  return [
    chartBlock(buildIntervalChart(lines, { title, reference: null, unit }, style), {
      title: texts.sections.accuracy,
      description: shown.map((row) => metricCells(row, texts).slice(0, 4).join(' ')).join('; '),
      heightPx: 60 + shown.length * 50,
    }),
  ];
}

function tableOf(rows: readonly MetricRow[], texts: ReportTexts): Block {
  const { words } = texts;
  return {
    kind: 'table',
    columns: [
      { title: words.metric, fill: 1 },
      { title: words.original, align: 'right' },
      { title: words.compressed, align: 'right' },
      { title: words.difference, align: 'right' },
      { title: words.interval, align: 'right' },
    ],
    rows: rows.map((row) => metricCells(row, texts)),
  };
}

function testBlock(row: MetricRow, texts: ReportTexts): Block[] {
  const { test } = row;
  if (test === null) return [];
  const [before, after, pValue] = [
    formatCount(test.betterBefore),
    formatCount(test.betterAfter),
    formatPValue(test.pValue),
  ];
  const text =
    test.name === 'McNemar'
      ? texts.mcnemar(before, after, pValue)
      : texts.pairedTest({
          label: texts.metricWords(row).label,
          test: texts.engineText(test.name),
          before,
          after,
          pValue,
        });
  return [{ kind: 'paragraph', text }];
}

function agreementBlocks(accuracy: Accuracy, texts: ReportTexts): Block[] {
  const { agreement } = accuracy;
  const atPositions = countsPositions(agreement);
  const blocks: Block[] = [];
  blocks.push({
    kind: 'paragraph',
    text: texts.agreementSentence(
      agreement.top1 === null || atPositions ? null : formatShare(agreement.top1),
      formatCount(agreement.count),
      formatSqnr(agreement.sqnrDb, texts),
      agreement.cosine.toFixed(5),
    ),
  });
  if (atPositions) {
    const text = texts.agreementAtPositions(formatShare(agreement.top1), formatCount(agreement.count));
    blocks.push({ kind: 'paragraph', text });
  }
  const { samples } = agreement;
  if (samples !== null && agreement.sqnrDb !== null) {
    const [mean, worst] = [samples.meanSqnrDb, samples.worstTenthSqnrDb].map((db) => formatSampleSqnr(db, texts));
    blocks.push({ kind: 'paragraph', text: texts.perSample(mean!, worst!) });
  }
  const { closedLoop } = accuracy;
  if (closedLoop !== null) {
    const text = texts.closedLoop({
      steps: formatCount(closedLoop.steps),
      states: closedLoop.states.map(({ output, input }) => makeVisible(`${output} → ${input}`)).join(', '),
      sqnr: formatSqnr(closedLoop.sqnrDb, texts),
      worstTenth: formatSampleSqnr(closedLoop.worstTenthSqnrDb, texts),
      share: closedLoop.decisionShare === null ? null : formatShare(closedLoop.decisionShare),
    });
    blocks.push({ kind: 'paragraph', text });
  }
  return blocks;
}

function expectedBlocks(accuracy: Accuracy, texts: ReportTexts): Block[] {
  const { expectedDifference, expectedDifferenceCi95 } = accuracy;
  if (expectedDifference === null) return [];
  const interval = expectedDifferenceCi95 === null ? null : formatPointsInterval(expectedDifferenceCi95);
  return [{ kind: 'paragraph', text: texts.expectedDifference(formatPoints(expectedDifference, texts), interval) }];
}

/** The worst samples: enough to see what kind they are. */
const reportedSamples = 12;

function sampleBlocks({ samples }: RunDocument, { language }: ReportTexts): Block[] {
  if (samples === null || samples.rows.length === 0) return [];
  const words = sampleWords[language];
  const rows = samples.rows.slice(0, reportedSamples);
  const hasExpected = rows.some(({ expected }) => expected !== null);
  const hasAnswers = rows.some(({ before }) => before !== null);
  return [
    { kind: 'paragraph', text: `${words.title}: ${countOutcomes(samples, language)}` },
    {
      kind: 'table',
      dense: true,
      columns: [
        { title: words.sample, fill: 1, code: true },
        { title: words.outcome },
        ...(hasExpected ? [{ title: words.expected, fill: 1 }] : []),
        ...(hasAnswers
          ? [
              { title: words.before, fill: 1 },
              { title: words.after, fill: 1 },
            ]
          : []),
        { title: 'SQNR (dB)', align: 'right' },
      ],
      rows: rows.map((row) => [
        makeVisible(nameSample(row)),
        words.outcomes[row.outcome],
        ...(hasExpected ? [makeVisible(nameAnswer(row.expected, samples))] : []),
        ...(hasAnswers ? [row.before, row.after].map((given) => makeVisible(nameAnswer(given, samples))) : []),
        formatFixed(row.sqnrDb, 1),
      ]),
    },
  ];
}

/** Classes and pairs of classes: enough to see where the answers went. */
const reportedChanges = 8;

function classBlocks({ samples }: RunDocument, { language }: ReportTexts): Block[] {
  if (samples === null) return [];
  const words = sampleWords[language];
  const name = (index: number): string => makeVisible(nameAnswer(index, samples));
  const figures = (before: number, after: number): string[] => [formatCount(before), formatCount(after), signCount(after - before)]; // prettier-ignore
  const blockOf = (title: string, names: readonly string[], heads: readonly string[], rows: string[][]): Block[] => {
    const figureColumns = [...heads, words.change].map((head) => ({ title: head, align: 'right' as const }));
    const columns = [...names.map((head) => ({ title: head, fill: 1 })), ...figureColumns];
    const table: Block = { kind: 'table', dense: true, columns, rows };
    return rows.length === 0 ? [] : [{ kind: 'paragraph', text: title }, table];
  };
  return [
    ...blockOf(
      words.perClass,
      [words.className],
      [words.rightBefore, words.rightAfter],
      changedClasses(samples, reportedChanges).map(({ class: index, rightBefore, rightAfter }) => [
        name(index),
        ...figures(rightBefore, rightAfter),
      ]),
    ),
    ...blockOf(
      words.confusions,
      [words.className, words.given],
      [words.before, words.after],
      changedConfusions(samples, reportedChanges).map(({ expected, given, before, after }) => [
        name(expected),
        name(given),
        ...figures(before, after),
      ]),
    ),
  ];
}

export function accuracySection(document: RunDocument, style: ChartStyle, texts: ReportTexts): Section {
  const { accuracy, data } = document;
  const rows = accuracy.metrics.filter((row) => !isCommonAgreement(row));
  const blocks: Block[] = [
    { kind: 'paragraph', text: texts.accuracyIntro(formatCount(accuracy.count)), tone: 'muted' },
    ...(data.random ? [{ kind: 'paragraph' as const, text: texts.randomData, tone: 'bad' as const }] : []),
    ...(rows.length === 0 ? [] : [tableOf(rows, texts), ...chartOf(rows, style, texts)]),
    // Of the one that a run is judged by: the others tell the same samples again.
    ...rows.slice(0, 1).flatMap((row) => testBlock(row, texts)),
    ...expectedBlocks(accuracy, texts),
    ...agreementBlocks(accuracy, texts),
  ];
  if (mainRow(accuracy) === null) {
    const { name } = targetWords(targetKindOf(accuracy), texts.language);
    blocks.push({ kind: 'paragraph', text: texts.notAccuracy(name), tone: 'warning' });
  }
  if (!data.random) blocks.push(...sampleBlocks(document, texts), ...classBlocks(document, texts));
  return { id: 'accuracy', title: texts.sections.accuracy, blocks };
}
