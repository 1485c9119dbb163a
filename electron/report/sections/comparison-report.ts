import { describePrecision, isReduced, precisionOf } from '../../../shared/precision.ts';
import { buildIntervalChart, type IntervalRow } from '../../../shared/charts/intervals.ts';
import { compareRuns, type RunBesideBaseline, type Comparison } from '../../../shared/compare-runs.ts';
import { nameCompression } from '../../../shared/name-compression.ts';
import type { PageSize, ReportLanguage } from '../../../shared/report-options.ts';
import { findRow, type MetricRow } from '../../../shared/metric-row.ts';
import { claimNames, type RunDocument } from '../../../shared/run.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatInterval,
  formatLedgerValue,
  formatMetric,
  formatMs,
  formatRatio,
  formatShare,
  signMetric,
} from '../../../shared/units.ts';
import { shortId } from '../../../shared/run-id.ts';
import { decisionOf } from '../../../shared/decision.ts';
import { decisionWords } from '../../../shared/decision-texts.ts';
import { describeWinner, winnerOf } from '../../../shared/winner.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { Block, Cell, LongTableSection, ReportDocument, Section } from '../report-document.ts';
import {
  baseNameOf,
  formatMetricDifference,
  formatPoints,
  formatSqnr,
  formatTimestamp,
  judgeTone,
} from '../texts/report-figures.ts';
import { describeMachine, identitySection } from './identity-section.ts';
import { methodSection } from './reference-sections.ts';
import { chartBlock, reportChartStyle } from './report-charts.ts';
import { reportTexts } from '../texts/report-languages.ts';
import type { ReportTexts } from '../texts/report-texts.ts';
import { nameOf, noNames, type RunNames } from './run-names.ts';
import { writeVerdict } from '../texts/write-verdict.ts';

const noThresholds = { maxAccuracyDropPoints: null, maxSpeedupDropPercent: null, maxSizeGrowthPercent: null };
const comparedLayers = 30;

/** A, B, C …: short enough for the head of a column. */
function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

/** A run by its letter and the name people gave it; by its recipe where they gave none. */
function labelOf(document: RunDocument, index: number, names: RunNames): string {
  return `${letterOf(index)}  ${nameOf(document.runId, names) ?? makeVisible(document.recipe.name)}`;
}

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

function runsTable(
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
function winnerBlock(documents: readonly RunDocument[], { language }: ReportTexts): Block {
  const winner = winnerOf(documents);
  const text = describeWinner(
    winner,
    documents.map((_, index) => letterOf(index)),
    language,
  );
  return { kind: 'verdict', tone: winner.index === null ? 'warning' : 'good', lines: [text] };
}

function comparabilityBlocks(comparison: Comparison, texts: ReportTexts): Block[] {
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

function chartBlocks(
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

function figuresSection(documents: readonly RunDocument[], texts: ReportTexts): Section {
  const { words } = texts;
  const row = (name: string, value: (document: RunDocument) => string): (Cell | string)[] => [
    name,
    ...documents.map((document) => value(document)),
  ];
  const claimRows = claimNames.map((claim) =>
    row(texts.claims[claim].name, (document) => {
      const found = document.ledger.find((entry) => entry.claim === claim);
      return found === undefined ? '–' : `${formatLedgerValue(found.after, found.unit)} (${formatRatio(found.ratio)})`;
    }),
  );
  const ranksClasses = documents.some(({ accuracy }) => accuracy.agreement.top1 !== null);
  const metrics = new Map(
    documents.flatMap(({ accuracy }) =>
      accuracy.metrics.filter(({ against }) => against === 'targets').map((found) => [found.metric, found] as const),
    ),
  );
  const accuracyRows = [...metrics.values()].flatMap(({ metric, label, unit }) => {
    const figure = (of: (found: MetricRow) => string | null) => (document: RunDocument) => {
      const found = findRow(document.accuracy, metric);
      return (found === null ? null : of(found)) ?? '–';
    };
    return [
      row(
        texts.engineText(label),
        figure(({ after }) => formatMetric(after, unit)),
      ),
      row(
        `${words.difference}, ${words.original}`,
        figure(({ difference }) => (difference === null ? null : formatMetricDifference(difference, unit, texts))),
      ),
      row(
        words.interval,
        figure(({ ci95 }) => (ci95 === null ? null : `[${ci95.map((limit) => signMetric(limit, unit)).join(', ')}]`)),
      ),
    ];
  });
  return {
    id: 'comparison',
    title: texts.sections.comparison,
    blocks: [
      { kind: 'paragraph', text: texts.comparisonIntro, tone: 'muted' },
      {
        kind: 'table',
        dense: true,
        columns: [
          { title: words.claim, fill: 2 },
          ...documents.map((_, index) => ({ title: letterOf(index), align: 'right' as const, fill: 1 })),
        ],
        rows: [
          ...claimRows,
          row(words.speedup, ({ latency }) => formatRatio(latency.speedup.ratio)),
          row(words.interval, ({ latency }) => formatInterval(latency.speedup.ci95, formatRatio)),
          ...accuracyRows,
          ...(ranksClasses ? [row(words.agreement, ({ accuracy }) => formatShare(accuracy.agreement.top1))] : []),
          row('SQNR', ({ accuracy }) => formatSqnr(accuracy.agreement.sqnrDb, texts)),
          row(words.cosine, ({ accuracy }) => accuracy.agreement.cosine.toFixed(5)),
          row(
            words.reducedLayers,
            ({ layers }) =>
              `${formatCount(layers.filter((layer) => isReduced(precisionOf(layer))).length)} / ${formatCount(layers.length)}`,
          ),
          row(words.duration, ({ durationMs }) => formatDuration(durationMs, texts.language)),
        ],
      },
    ],
  };
}

function latencyRows(documents: readonly RunDocument[], texts: ReportTexts): Section {
  const { words } = texts;
  return {
    id: 'latency',
    title: texts.sections.latency,
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: '' },
          { title: words.machine, fill: 1 },
          { title: words.threads, align: 'right' },
          { title: words.original, align: 'right' },
          { title: words.compressed, align: 'right' },
          { title: 'p95', align: 'right' },
          { title: words.count, align: 'right' },
        ],
        rows: documents.map(({ latency, environment }, index): (Cell | string)[] => [
          { text: letterOf(index), strong: true },
          describeMachine(environment),
          formatCount(latency.threads),
          formatMs(latency.before.medianMs),
          { text: formatMs(latency.after.medianMs), strong: true },
          formatMs(latency.after.p95Ms),
          formatCount(latency.after.count),
        ]),
      },
    ],
  };
}

/** Layers side by side make sense for one and the same original only. */
function layerSection(documents: readonly RunDocument[], texts: ReportTexts): LongTableSection | null {
  const [baseline] = documents;
  if (baseline === undefined) return null;
  if (documents.some((document) => document.model.original.sha256 !== baseline.model.original.sha256)) return null;
  const shown = baseline.layers
    .toSorted((a, b) => (b.latencyBeforeMs ?? 0) - (a.latencyBeforeMs ?? 0))
    .slice(0, comparedLayers);
  const byName = documents.map((document) => new Map(document.layers.map((layer) => [layer.name, layer])));
  const { words } = texts;
  return {
    id: 'layers',
    title: texts.sections.layerComparison,
    collapsed: true,
    blocks: [
      { kind: 'paragraph', text: texts.layerComparisonIntro(shown.length), tone: 'muted' },
      {
        kind: 'table',
        dense: true,
        columns: [
          { title: words.layer, fill: 3, code: true },
          { title: words.operator },
          { title: `${words.original} ms`, align: 'right' },
          ...documents.flatMap((_, index) => [
            { title: `${letterOf(index)} ms`, align: 'right' as const },
            { title: `${letterOf(index)} dB`, align: 'right' as const },
            { title: `${letterOf(index)} ${words.bits}` },
          ]),
        ],
        rows: shown.map((layer) => [
          makeVisible(layer.name),
          makeVisible(layer.opType),
          formatFixed(layer.latencyBeforeMs, 3),
          ...byName.flatMap((layers): (Cell | string)[] => {
            const other = layers.get(layer.name);
            return [
              formatFixed(other?.latencyAfterMs ?? null, 3),
              formatFixed(other?.sqnrDb ?? null, 1),
              { text: other === undefined ? '' : describePrecision(precisionOf(other), words.float), tone: 'muted' },
            ];
          }),
        ]),
      },
    ],
  };
}

/** Two to six finished runs side by side; the first is the baseline. */
export function buildComparisonReport(
  documents: readonly RunDocument[],
  language: ReportLanguage,
  pageSize: PageSize,
  names = noNames,
): ReportDocument {
  const texts = reportTexts[language];
  const comparison = compareRuns(documents, noThresholds);
  const models = [...new Set(documents.map((document) => baseNameOf(document.model.original.path)))];
  const newest = documents.reduce((a, b) => (b.startedTimestampMs > a.startedTimestampMs ? b : a));
  return {
    language,
    pageSize,
    kind: texts.comparisonReport,
    title: makeVisible(models.join(', ')),
    subtitle: texts.runsCompared(documents.length),
    createdTimestampMs: newest.startedTimestampMs + Math.round(newest.durationMs),
    author: texts.generatedBy(newest.environment.vernierVersion),
    keywords: [
      'ONNX',
      ...new Set(documents.map(({ layers }) => nameCompression(layers, 'en'))),
      ...documents.map((document) => document.runId),
    ],
    labels: { contents: texts.contents, page: texts.page, moreRows: texts.moreRows },
    sections: [
      {
        id: 'summary',
        title: texts.sections.summary,
        blocks: [
          winnerBlock(documents, texts),
          runsTable(documents, comparison, names, texts),
          ...comparabilityBlocks(comparison, texts),
          ...chartBlocks(documents, comparison, names, language, texts),
        ],
      },
      figuresSection(documents, texts),
      latencyRows(documents, texts),
      {
        id: 'verdicts',
        title: texts.sections.verdicts,
        blocks: documents.flatMap((document, index): Block[] => [
          { kind: 'heading', text: labelOf(document, index, names) },
          {
            kind: 'verdict',
            tone: judgeTone(document),
            title: decisionWords[texts.language][decisionOf(document).decision],
            lines: writeVerdict(document, texts).map(makeVisible),
          },
        ]),
      },
      ...documents.map((document, index): Section => {
        const section = identitySection(document, texts);
        return {
          ...section,
          id: `identity-${letterOf(index)}`,
          title: `${letterOf(index)}: ${section.title}`,
          collapsed: true,
        };
      }),
      methodSection(texts),
    ],
    longTable: layerSection(documents, texts),
  };
}
