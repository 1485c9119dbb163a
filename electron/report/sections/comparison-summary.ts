import { buildIntervalChart, type IntervalRow } from '../../../shared/charts/intervals.ts';
import type { Comparison, RunBesideBaseline } from '../../../shared/compare-runs.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { ReportLanguage } from '../../../shared/report-options.ts';
import { shortId } from '../../../shared/run-id.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { formatBytes, formatRatio, formatShare } from '../../../shared/units.ts';
import { describeWinner, winnerOf } from '../../../shared/winner.ts';
import type { Block, Cell } from '../report-document.ts';
import { formatPoints, formatSqnr, formatTimestamp } from '../texts/report-figures.ts';
import type { ReportTexts } from '../texts/report-texts.ts';
import { labelOf, letterOf } from './compared-letters.ts';
import { chartBlock, reportChartStyle } from './report-charts.ts';
import { nameOf, type RunNames } from './run-names.ts';

function signedPercent(value: number): string {
  const text = value.toFixed(1);
  return `${Number(text) > 0 ? '+' : ''}${Number(text) === 0 ? '0.0' : text} %`;
}

/** The change against the baseline in brackets; nothing for the baseline itself. */
function change(run: RunBesideBaseline, text: string | null): string {
  return run.isBaseline || text === null ? '' : ` (${text})`;
}

function describeAccuracy(run: RunBesideBaseline, texts: ReportTexts): string {
  if (run.accuracyShare === null) return formatSqnr(run.sqnrDb, texts);
  const agree = run.metric === 'agreement' ? `${texts.words.agree} ` : '';
  const points = run.accuracyChangePoints === null ? null : formatPoints(run.accuracyChangePoints / 100, texts);
  return `${agree}${formatShare(run.accuracyShare)}${change(run, points)}`;
}

function accuracyTitle({ runs }: Comparison, words: ReportTexts['words']): string {
  if (runs.every(({ accuracyShare }) => accuracyShare === null)) return 'SQNR';
  return runs.every(({ metric }) => metric !== 'agreement') ? words.accuracy : words.top1;
}

export function runsTable(
  documents: readonly RunDocument[],
  comparison: Comparison,
  names: RunNames,
  texts: ReportTexts,
): Block {
  const { words } = texts;
  return {
    kind: 'table',
    columns: [
      { title: '' },
      { title: words.recipe, fill: 1 },
      { title: words.run },
      { title: words.started },
      { title: words.speedup, align: 'right' },
      { title: words.size, align: 'right' },
      { title: accuracyTitle(comparison, words), align: 'right' },
    ],
    rows: documents.map((document, index): (Cell | string)[] => {
      const run = comparison.runs[index]!;
      const name = nameOf(document.runId, names);
      return [
        { text: letterOf(index), strong: true },
        (name === null ? '' : `${name}, `) +
          makeVisible(document.recipe.name) +
          (run.isBaseline ? ` (${words.baseline})` : ''),
        shortId(run.runId),
        formatTimestamp(document.startedTimestampMs),
        `${formatRatio(run.speedupRatio)}${change(run, signedPercent(run.speedupChangePercent))}`,
        `${formatBytes(run.sizeBytes)}${change(run, signedPercent(run.sizeChangePercent))}`,
        describeAccuracy(run, texts),
      ];
    }),
  };
}

/** Which to ship, and why not the others: what page 1 is for. */
export function winnerBlock(documents: readonly RunDocument[], { language }: ReportTexts): Block {
  const winner = winnerOf(documents);
  const text = describeWinner(
    winner,
    documents.map((_, index) => letterOf(index)),
    language,
  );
  return { kind: 'verdict', tone: winner.index === null ? 'warning' : 'good', lines: [text] };
}

export function comparabilityBlocks(comparison: Comparison, texts: ReportTexts): Block[] {
  const different = comparison.runs.filter((run) => run.differences.length > 0);
  if (different.length === 0) return [{ kind: 'paragraph', text: texts.comparable, tone: 'good' }];
  return [
    { kind: 'paragraph', text: `${texts.notComparable}:`, tone: 'warning' },
    {
      kind: 'list',
      items: different.map((run) => {
        const letter = letterOf(comparison.runs.indexOf(run));
        return `${letter}: ${run.differences.map((name) => texts.differences[name]).join(texts.listSeparator)}`;
      }),
    },
  ];
}

export function chartBlocks(
  documents: readonly RunDocument[],
  comparison: Comparison,
  names: RunNames,
  language: ReportLanguage,
  texts: ReportTexts,
): Block[] {
  const style = reportChartStyle(language);
  const heightPx = 56 + documents.length * 24;
  /** @param describe null for a run that has no such figure. */
  const rowsOf = (
    describe: (run: RunBesideBaseline) => Pick<IntervalRow, 'value' | 'ci95' | 'text'> | null,
  ): IntervalRow[] =>
    comparison.runs.flatMap((run, index) => {
      const figure = describe(run);
      if (figure === null) return [];
      const label = labelOf(documents[index]!, index, names);
      return [{ label, role: run.isBaseline ? 'before' : 'after', ...figure }];
    });
  const speed = rowsOf((run) => ({
    value: run.speedupRatio,
    ci95: run.speedupCi95,
    text: formatRatio(run.speedupRatio),
  }));
  const accuracy = rowsOf(({ accuracyShare, accuracyCi95 }) =>
    accuracyShare === null
      ? null
      : {
          value: 100 * accuracyShare,
          ci95: accuracyCi95 === null ? null : [100 * accuracyCi95[0], 100 * accuracyCi95[1]],
          text: formatShare(accuracyShare),
        },
  );
  const metrics = new Set(comparison.runs.filter((run) => run.accuracyShare !== null).map((run) => run.metric));
  const describe = (rows: readonly IntervalRow[]) => rows.map((row) => `${row.label} ${row.text}`).join('; ');
  return [
    { kind: 'heading', text: `${texts.words.speedup}, ${texts.words.interval}` },
    chartBlock(buildIntervalChart(speed, { title: texts.chart.speedup, reference: 1, unit: 'x' }, style), {
      title: texts.words.speedup,
      description: describe(speed),
      heightPx,
    }),
    // Accuracy and agreement on one axis would invite a comparison that means nothing.
    ...(metrics.size !== 1
      ? []
      : [
          {
            kind: 'heading' as const,
            text: `${metrics.has('top1') ? texts.words.accuracy : texts.words.agreement}${metrics.has('top1') ? `, ${texts.words.interval}` : ''}`,
          },
          chartBlock(
            buildIntervalChart(
              accuracy,
              {
                title: metrics.has('top1') ? `${texts.words.accuracy} (%)` : `${texts.words.agreement} (%)`,
                reference: null,
                unit: '%',
              },
              style,
            ),
            { title: texts.sections.accuracy, description: describe(accuracy), heightPx },
          ),
        ]),
  ];
}
