import { makeVisible } from '../../../shared/make-visible.ts';
import { findRow, type MetricRow } from '../../../shared/metric-row.ts';
import { describePrecision, isReduced, precisionOf } from '../../../shared/precision.ts';
import { claimNames, type RunDocument } from '../../../shared/run.ts';
import {
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
import type { Cell, LongTableSection, Section } from '../report-document.ts';
import { formatMetricDifference, formatSqnr } from '../texts/report-figures.ts';
import type { ReportTexts } from '../texts/report-texts.ts';
import { letterOf } from './compared-letters.ts';
import { describeMachine } from './identity-section.ts';

const comparedLayers = 30;

export function figuresSection(documents: readonly RunDocument[], texts: ReportTexts): Section {
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
  const accuracyRows = [...metrics.values()].flatMap((shown) => {
    const { metric, unit } = shown;
    const figure = (of: (found: MetricRow) => string | null) => (document: RunDocument) => {
      const found = findRow(document.accuracy, metric);
      return (found === null ? null : of(found)) ?? '–';
    };
    return [
      row(
        texts.metricWords(shown).label,
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

export function latencyRows(documents: readonly RunDocument[], texts: ReportTexts): Section {
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
export function layerSection(documents: readonly RunDocument[], texts: ReportTexts): LongTableSection | null {
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
